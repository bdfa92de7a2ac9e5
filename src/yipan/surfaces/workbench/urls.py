"""Addresses of the workbench."""

from django.urls import path

from yipan.surfaces.workbench import door_urls
from yipan.surfaces.workbench.views import cards, earnings, goods, home, share, shell, withdraw

urlpatterns = [
    *door_urls.urlpatterns,
    path("w/manifest.webmanifest", shell.manifest, name="workbench-manifest"),
    path("w/worker.js", shell.worker, name="workbench-worker"),
    path("w/offline/", shell.offline, name="workbench-offline"),
    path("w/", home.home, name="workbench-home"),
    path("w/figures/", home.figures, name="workbench-figures"),
    path("w/goods/", goods.goods, name="workbench-goods"),
    path("w/counter/", goods.counter, name="workbench-counter"),
    path("w/counter/units/", goods.units, name="workbench-units"),
    path("w/rule/<path:code>/", goods.rule, name="workbench-rule"),
    path("w/share/", share.share, name="workbench-share-shop"),
    path("w/share/<path:code>/", share.share, name="workbench-share"),
    path("w/poster/<int:link_id>/<slug:template>/", share.poster_part, name="workbench-poster"),
    path(
        "w/poster/<int:link_id>/<slug:template>.png",
        share.poster_picture,
        name="workbench-poster-picture",
    ),
    path("w/code/<int:link_id>.svg", share.code_picture, name="workbench-code"),
    path("w/earnings/", earnings.earnings, name="workbench-earnings"),
    path("w/earnings/<int:entry_id>/", earnings.why, name="workbench-why"),
    path("w/earnings/entries.<slug:ending>", earnings.entries_file, name="workbench-entries-file"),
    path("w/statements/", earnings.statements, name="workbench-statements"),
    path(
        "w/statements/months.<slug:ending>",
        earnings.statements_file,
        name="workbench-statements-file",
    ),
    path("w/customers/", earnings.customers, name="workbench-customers"),
    path("w/withdraw/", withdraw.withdraw, name="workbench-withdraw"),
    path("w/withdraw/recent/", withdraw.recent, name="workbench-recent"),
    path("w/withdraw/all/", withdraw.amount_field, name="workbench-amount"),
    path("w/withdraw/estimate/", withdraw.estimate, name="workbench-estimate"),
    path("w/withdraw/confirm/", withdraw.confirm, name="workbench-confirm"),
    path("w/withdraw/submit/", withdraw.submit, name="workbench-submit"),
    path("w/withdraw/<int:withdrawal_id>/", withdraw.withdrawal, name="workbench-withdrawal"),
    path("w/withdraw/<int:withdrawal_id>/cancel/", withdraw.cancel, name="workbench-cancel"),
    path("w/cards/", cards.cards, name="workbench-cards"),
    path("w/cards/<int:card_id>/remove/", cards.remove, name="workbench-remove-card"),
]
