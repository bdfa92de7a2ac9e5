"""Addresses of the mall's door."""

from __future__ import annotations

from django.urls import include, path

from yipan.surfaces.mall.views import sign_in

_door = [
    path("sign-in/", sign_in.sign_in, name="mall-sign-in"),
    path("sign-in/wechat/", sign_in.wechat, name="mall-wechat"),
    path("sign-in/wechat/return/", sign_in.wechat_return, name="mall-wechat-return"),
    path("sign-out/", sign_in.leave, name="mall-sign-out"),
]
urlpatterns = [path("m/<slug:group>/", include(_door))]
