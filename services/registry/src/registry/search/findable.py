"""Which entries a caller may find, by the rules of the lists that show them.

Asked of the directory itself, not of the index: what was hidden or withdrawn is gone at once.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access
from sqlalchemy import Select, Uuid, select
from sqlalchemy.dialects.postgresql import ARRAY

from registry.mutual_help import queries as mutual_help
from registry.mutual_help.model import HelpEntry, Side
from registry.organisations import queries as of_organisations
from registry.organisations.model import Organisation
from registry.people.model import Person
from registry.territory.model import Municipality, Network, Village
from registry.volunteers.model import Volunteer
from registry.volunteers.queries import may_be_asked_by

Rows = Select[UUID, str]  # id and title
Findable = Callable[[Access | None], Rows | None]
"""The rows that a caller may find; None for kinds that are nothing to them."""


def _everybody(rows: Rows) -> Findable:
    """The same rows, whoever asks."""
    return lambda _access: rows


villages = _everybody(select(Village.id, Village.name.label("title")))
municipalities = _everybody(
    select(Municipality.id, Municipality.name.label("title")).where(Municipality.dissolved_on.is_(None))
)
networks = _everybody(select(Network.id, Network.name.label("title")))


def organisations(_access: Access | None) -> Rows:
    """The published ones, also for staff: drafts are in their list."""
    return select(Organisation.id, Organisation.name.label("title")).where(*of_organisations.Filter().conditions())


def help_entries(side: Side) -> Findable:
    """The needs or the offers that are open, by the rules of their list."""

    def open_entries(_access: Access | None) -> Rows:
        wanted = mutual_help.listed(mutual_help.Filter(side=side))
        return select(HelpEntry.id, HelpEntry.title.label("title")).where(*wanted)

    return open_entries


def volunteers(access: Access | None) -> Rows | None:
    """For staff, by the rules of their list."""
    if access is None:
        return None
    rows = select(Volunteer.id, Person.name.label("title")).join(Person, Person.id == Volunteer.person_id)
    return rows.where(may_be_asked_by(access))


def _places(text: str) -> Select[Any]:
    """The rows of a query for ids with their `villages`, `municipalities`, `networks` (ids) and `fields` (slugs)."""
    columns = {name: ARRAY(Uuid) for name in ("villages", "municipalities", "networks")}
    rows = sa.text(text).columns(id=Uuid, fields=ARRAY(sa.Text), **columns).subquery()
    return select(rows)


ORGANISATION_PLACES = _places(
    """
    SELECT o.id, ARRAY[v.id] AS villages, ARRAY[v.municipality_id] AS municipalities,
        array_remove(ARRAY[v.network_id], NULL) AS networks,
        ARRAY(SELECT f.slug FROM organisation_field AS l JOIN field_of_activity AS f ON f.id = l.field_id
              WHERE l.organisation_id = o.id)::text[] AS fields
    FROM organisation AS o JOIN village AS v ON v.id = o.village_id
    """
)
HELP_PLACES = _places(
    """
    SELECT h.id, ARRAY[v.id] AS villages, ARRAY[v.municipality_id] AS municipalities,
        array_remove(ARRAY[v.network_id], NULL) AS networks,
        ARRAY(SELECT f.slug FROM help_entry_field AS l JOIN field_of_activity AS f ON f.id = l.field_id
              WHERE l.entry_id = h.id)::text[] AS fields
    FROM help_entry AS h JOIN village AS v ON v.id = h.village_id
    """
)
VILLAGE_PLACES = _places(
    """
    SELECT v.id, ARRAY[v.id] AS villages, ARRAY[v.municipality_id] AS municipalities,
        array_remove(ARRAY[v.network_id], NULL) AS networks, '{}'::text[] AS fields
    FROM village AS v
    """
)
MUNICIPALITY_PLACES = _places(
    """
    SELECT m.id, '{}'::uuid[] AS villages, ARRAY[m.id] AS municipalities, '{}'::uuid[] AS networks,
        '{}'::text[] AS fields
    FROM municipality AS m
    """
)
NETWORK_PLACES = _places(
    """
    SELECT n.id, '{}'::uuid[] AS villages,
        ARRAY(SELECT DISTINCT v.municipality_id FROM village AS v WHERE v.network_id = n.id) AS municipalities,
        ARRAY[n.id] AS networks, '{}'::text[] AS fields
    FROM network AS n
    """
)
# A volunteer belongs to the places that they named, and to what those lie in.
VOLUNTEER_PLACES = _places(
    """
    SELECT p.id,
        ARRAY(SELECT a.area_id FROM volunteer_area AS a WHERE a.volunteer_id = p.id AND a.kind = 'village') AS villages,
        ARRAY(SELECT CASE a.kind WHEN 'municipality' THEN a.area_id ELSE v.municipality_id END
              FROM volunteer_area AS a LEFT JOIN village AS v ON a.kind = 'village' AND v.id = a.area_id
              WHERE a.volunteer_id = p.id AND a.kind IN ('village', 'municipality')) AS municipalities,
        ARRAY(SELECT CASE a.kind WHEN 'network' THEN a.area_id ELSE v.network_id END
              FROM volunteer_area AS a LEFT JOIN village AS v ON a.kind = 'village' AND v.id = a.area_id
              WHERE a.volunteer_id = p.id AND (a.kind = 'network' OR v.network_id IS NOT NULL)) AS networks,
        ARRAY(SELECT f.slug FROM volunteer_field AS l JOIN field_of_activity AS f ON f.id = l.field_id
              WHERE l.volunteer_id = p.id)::text[] AS fields
    FROM volunteer AS p
    """
)
