"""Allowances are written with every request and worth nothing after a crash."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("openapi", "0001_initial")]

    operations = [
        # Room on each page, so that an update stays on its page and touches no index.
        migrations.RunSQL(
            "ALTER TABLE openapi_apiallowance SET UNLOGGED;"
            "ALTER TABLE openapi_apiallowance SET (fillfactor = 25)",
            "ALTER TABLE openapi_apiallowance SET LOGGED;"
            "ALTER TABLE openapi_apiallowance RESET (fillfactor)",
        ),
    ]
