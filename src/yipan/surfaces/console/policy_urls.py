"""Addresses of policies and of the audit trail."""

from django.urls import path

from yipan.surfaces.console.views import audit, policies

urlpatterns = [
    path("console/policies/", policies.policies, name="console-policies"),
    path(
        "console/policies/<slug:kind>/<int:organisation_id>/new/",
        policies.new_version,
        name="console-policy-new",
    ),
    path("console/audit/", audit.audit, name="console-audit"),
    path("console/audit/chain/", audit.check_chain, name="console-audit-chain"),
]
