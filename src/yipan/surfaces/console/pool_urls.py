"""Addresses of the pool and of tasks; they go before those of the framework."""

from django.urls import path
from django.views.generic import RedirectView

from yipan.surfaces.console.views import (
    pool_bulk,
    pool_grid,
    pool_imports,
    pool_offer,
    pool_rules,
    work,
)

urlpatterns = [
    path("console/pool/", RedirectView.as_view(pattern_name="console-pool", query_string=True)),
    path("console/pool/goods/", pool_grid.grid, name="console-pool"),
    path("console/pool/goods/<str:key>/", pool_offer.offer, name="console-pool-offer"),
    path("console/pool/goods/<str:key>/row/", pool_grid.one_row, name="console-pool-row"),
    path("console/pool/goods/<str:key>/edit/", pool_grid.edit_row, name="console-pool-row-edit"),
    path("console/pool/bulk/", pool_bulk.bulk_form, name="console-pool-bulk"),
    path("console/pool/bulk/preview/", pool_bulk.bulk_preview, name="console-pool-bulk-preview"),
    path("console/pool/bulk/apply/", pool_bulk.bulk_apply, name="console-pool-bulk-apply"),
    path("console/pool/export/", pool_imports.export, name="console-pool-export"),
    path("console/pool/rules/", pool_rules.rules, name="console-pool-rules"),
    path("console/pool/rules/new/", pool_rules.new_rule, name="console-pool-rule-new"),
    path("console/pool/rules/fields/", pool_rules.rule_fields, name="console-pool-rule-fields"),
    path("console/pool/rules/trial/", pool_rules.rule_trial, name="console-pool-trial"),
    path("console/pool/rules/trial/skus/", pool_rules.trial_skus, name="console-pool-trial-skus"),
    path("console/pool/rules/<int:rule_id>/", pool_rules.rule, name="console-pool-rule"),
    path(
        "console/pool/rules/<int:rule_id>/new/",
        pool_rules.new_version,
        name="console-pool-version-new",
    ),
    path("console/pool/imports/", pool_imports.imports, name="console-pool-imports"),
    path(
        "console/pool/imports/template/",
        pool_imports.import_template,
        name="console-pool-template",
    ),
    path(
        "console/pool/imports/<int:upload_id>/",
        pool_imports.one_import,
        name="console-pool-import",
    ),
    path(
        "console/pool/imports/<int:upload_id>/decide/",
        pool_imports.decide_import,
        name="console-pool-import-decide",
    ),
    path(
        "console/pool/imports/<int:upload_id>/faults/",
        pool_imports.import_faults,
        name="console-pool-import-faults",
    ),
    path("console/work/", work.works, name="console-work"),
    path("console/work/bell/", work.bell, name="console-work-bell"),
    path("console/work/<int:work_id>/", work.work, name="console-work-one"),
    path("console/work/<int:work_id>/file/", work.work_file, name="console-work-file"),
    path("console/work/<int:work_id>/cancel/", work.cancel_work, name="console-work-cancel"),
]
