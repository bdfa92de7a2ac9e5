"""The database itself refuses a journal that does not add up, is empty, or grows later."""

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

CREATE FUNCTION ledger_check_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % has no postings', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_postings AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_check_journal();
"""
_UNDO = """
DROP TRIGGER zero_sum ON ledger_posting;
DROP TRIGGER has_postings ON ledger_journal;
DROP FUNCTION ledger_check_postings();
DROP FUNCTION ledger_check_journal();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(_ZERO_SUM, _UNDO)]
