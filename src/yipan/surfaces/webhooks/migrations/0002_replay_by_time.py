"""A replay finds the events of a span of time."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        # Rows come in order of time, so a few bytes per page of rows do.
        migrations.RunSQL(
            "CREATE INDEX outbox_when ON kernel_outboxevent USING brin (occurred_at)",
            "DROP INDEX outbox_when",
        ),
    ]
