"""The sequence behind `kernel.ids`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS yipan_id_block AS bigint START 1 MAXVALUE 137438953471",
            "DROP SEQUENCE yipan_id_block",
        ),
    ]
