"""The console's screens alone, for tests of the screens of payouts."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
