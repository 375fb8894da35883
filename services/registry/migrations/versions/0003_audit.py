"""The audit log: who saw or changed which personal data."""

from alembic import op
from shared.audit import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Who may read an entry follows from whose data it was: the places and organisations of the persons' appointments,
# grants and areas of activity at that moment. So no caller of `audit.record` can forget it. What the entry names itself
# stays: somebody who was just erased or dismissed has no place any more.
ADD_SCOPES = """
CREATE FUNCTION dorfnetz_audit_add_scopes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE entered text := coalesce(current_setting('dorfnetz.scopes', true), '');
BEGIN
    IF cardinality(NEW.persons) > 0 THEN
        -- Who looks at somebody may belong elsewhere: the places are found whatever the caller may see.
        PERFORM set_config('dorfnetz.scopes', '*', true);
        SELECT coalesce(array_agg(DISTINCT place ORDER BY place), '{}') INTO NEW.scopes FROM (
            SELECT unnest(NEW.scopes) AS place
            UNION ALL
            SELECT unnest(ARRAY[organisation.id, village.municipality_id, village.network_id])::text
                FROM contact
                JOIN organisation ON organisation.id = contact.organisation_id
                JOIN village ON village.id = organisation.village_id
                WHERE contact.person_id = ANY (NEW.persons) AND contact.until IS NULL
            UNION ALL
            SELECT scope_id::text FROM access_grant WHERE person_id = ANY (NEW.persons) AND ended_at IS NULL
            UNION ALL
            SELECT volunteer_area.area_id::text
                FROM volunteer_area JOIN volunteer ON volunteer.id = volunteer_area.volunteer_id
                WHERE volunteer.person_id = ANY (NEW.persons)
        ) AS places WHERE place IS NOT NULL;
        PERFORM set_config('dorfnetz.scopes', entered, true);
    END IF;
    RETURN NEW;
END $$
"""
# Triggers run in the order of their names: this one before `chain`, whose hash is of the whole entry.
TRIGGER = """
CREATE TRIGGER add_scopes BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION dorfnetz_audit_add_scopes()
"""


def upgrade() -> None:
    """Make the log, and the triggers that complete and chain its entries."""
    tables.create_tables(op)
    op.execute(ADD_SCOPES)
    op.execute(TRIGGER)


def downgrade() -> None:
    """Remove it with everything that it tells."""
    tables.drop_tables(op)
    op.execute("DROP FUNCTION dorfnetz_audit_add_scopes()")
