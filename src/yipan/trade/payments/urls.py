"""Addresses of payments: where providers tell, and the sandbox's cashier."""

from django.urls import path

from yipan.trade.payments.views import cashier, notify

urlpatterns = [
    path("pay/<slug:provider>/notify/", notify, name="pay-notify"),
    path("pay/sandbox/<str:token>/", cashier, name="pay-sandbox"),
]
