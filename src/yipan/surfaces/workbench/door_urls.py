"""Addresses of the workbench's door."""

from __future__ import annotations

from django.urls import path

from yipan.surfaces.workbench.views import sign_in

urlpatterns = [
    path("w/sign-in/", sign_in.sign_in, name="workbench-sign-in"),
    path("w/sign-in/wechat/", sign_in.wechat, name="workbench-wechat"),
    path("w/sign-in/wechat/return/", sign_in.wechat_return, name="workbench-wechat-return"),
    path("w/sign-out/", sign_in.leave, name="workbench-sign-out"),
]
