"""Addresses of people."""

from django.urls import path

from yipan.surfaces.console.views import people

urlpatterns = [
    path("console/people/", people.people, name="console-people"),
    path("console/people/new/", people.new, name="console-person-new"),
    path("console/people/<int:person_id>/", people.person, name="console-person"),
    path("console/people/<int:person_id>/<slug:name>/", people.act, name="console-person-act"),
]
