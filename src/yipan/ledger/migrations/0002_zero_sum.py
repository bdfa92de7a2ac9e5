"""The database itself refuses a journal that does not add up, or that grows later."""

from django.db import migrations

# Checked per statement over all its rows at once (a transition table), which forces every
# statement to write whole journals: stricter than a deferred trigger per row, and far cheaper.
_ZERO_SUM = """
CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added GROUP BY journal_id, currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'a journal does not add up to zero' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM added a JOIN ledger_journal j ON j.id = a.journal_id
         WHERE j.xact <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a journal cannot grow after its transaction'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER zero_sum AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();
"""
_UNDO = """
DROP TRIGGER zero_sum ON ledger_posting;
DROP FUNCTION ledger_check_postings();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(_ZERO_SUM, _UNDO)]
