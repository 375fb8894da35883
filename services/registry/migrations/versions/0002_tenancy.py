"""Whose rows are whose: row-level security.

The policies are outer bounds, which hold where a query forgets its filter; what exactly a role may do in its scope, the
queries and handlers say. They ask the territory as it is now, so a village that changes sides takes everything along.
"""

from alembic import op
from shared.access.tenancy import (
    ENTERED,
    NOBODY,
    PUBLIC,
    create_function,
    drop_function,
    protect,
    unprotect,
)
from shared.messaging.tables import protect_tables, unprotect_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _in(column: str) -> str:
    return f"{column}::text = ANY ({ENTERED})"


VILLAGE = f"{_in('municipality_id')} OR {_in('network_id')}"
VILLAGES = f"SELECT id FROM village WHERE {VILLAGE}"  # noqa: S608 - constants, as everywhere here
ORGANISATION = f"{_in('id')} OR village_id IN ({VILLAGES})"
ORGANISATIONS = f"SELECT id FROM organisation WHERE {ORGANISATION}"  # noqa: S608
GRANT = f"{_in('scope_id')} OR scope_id IN ({ORGANISATIONS})"

# An area of activity touches the place that it names, the networks in it, and the municipalities that it reaches into.
STAFF = f"EXISTS (SELECT FROM municipality WHERE {_in('id')}) OR EXISTS (SELECT FROM network WHERE {_in('id')})"  # noqa: S608
AREA = f"""
    {_in("area_id")}
    OR (kind = 'village' AND area_id IN ({VILLAGES}))
    OR (kind = 'municipality' AND area_id IN (SELECT municipality_id FROM village WHERE {_in("network_id")}))
    OR (kind = 'network' AND area_id IN (SELECT network_id FROM village WHERE {_in("municipality_id")}))
    OR (kind = 'district' AND ({STAFF}))
"""  # noqa: S608

# Somebody is seen by themselves, by who entered them, and where they are a contact, a volunteer or hold a grant. In
# these sub-selects the policies of the other tables hold as well.
PERSON = f"""
    {_in("id")} OR {_in("recorded_by")}
    OR id IN (SELECT person_id FROM contact)
    OR id IN (SELECT person_id FROM volunteer)
    OR id IN (SELECT person_id FROM access_grant)
"""  # noqa: S608

# Table: who reads, and who writes where that is another question.
POLICIES: dict[str, tuple[str, ...]] = {
    "field_of_activity": (PUBLIC, NOBODY),
    "district": (PUBLIC, NOBODY),
    "municipality": (PUBLIC, _in("id")),
    "village": (PUBLIC, VILLAGE),
    "network": (PUBLIC, _in("id")),
    "network_goal": (PUBLIC, _in("network_id")),
    "organisation": (f"publication = 'published' OR {ORGANISATION}", ORGANISATION),
    "organisation_field": (
        "organisation_id IN (SELECT id FROM organisation)",
        f"organisation_id IN ({ORGANISATIONS})",
    ),
    "organisation_area": (
        "organisation_id IN (SELECT id FROM organisation)",
        f"organisation_id IN ({ORGANISATIONS})",
    ),
    "lead_mandate": (PUBLIC, f"village_id IN ({VILLAGES})"),
    "contact": (f"{_in('person_id')} OR organisation_id IN ({ORGANISATIONS})", f"organisation_id IN ({ORGANISATIONS})"),
    "access_grant": (f"{_in('person_id')} OR {GRANT}", GRANT),
    # A volunteer's fields and areas are part of a public event, which names nobody.
    # They are written beyond scopes, by handlers that have looked at the places: a policy that asked for the volunteer,
    # whose own policy asks for the areas, would never end.
    "volunteer_area": (PUBLIC, NOBODY),
    "volunteer_field": (PUBLIC, NOBODY),
    "volunteer": (f"{_in('person_id')} OR id IN (SELECT volunteer_id FROM volunteer_area WHERE {AREA})",),  # noqa: S608
    "person": (PERSON,),
    "consent": ("person_id IN (SELECT id FROM person)",),
    "login_session": (_in("person_id"),),
    "refresh_token": ("session_id IN (SELECT id FROM login_session)",),
    "login_code": (NOBODY,),
}


def upgrade() -> None:
    create_function(op)
    protect_tables(op)
    for table, (read, *write) in POLICIES.items():
        protect(op, table, read=read, write=write[0] if write else None)


def downgrade() -> None:
    for table in POLICIES:
        unprotect(op, table)
    unprotect_tables(op)
    drop_function(op)
