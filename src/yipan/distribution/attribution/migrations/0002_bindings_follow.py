"""A binding is written only if the one it follows was.

Two transactions may read the same last binding of a member and both follow it; the unique
constraint lets one through, and ON CONFLICT DO NOTHING drops the other's row without failing its
order. Where the loser wrote several bindings of the member in one statement, the later ones must
go with the first: they tell how things went on from a binding that never was.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION attribution_binding_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.previous_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM attribution_binding b
         WHERE b.tenant_id = NEW.tenant_id AND b.member_id = NEW.member_id
           AND b.sequence = NEW.sequence - 1 AND b.id = NEW.previous_id
    ) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER binding_follows BEFORE INSERT ON attribution_binding
    FOR EACH ROW EXECUTE FUNCTION attribution_binding_follows();
"""
BACKWARDS = """
DROP TRIGGER binding_follows ON attribution_binding;
DROP FUNCTION attribution_binding_follows();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
