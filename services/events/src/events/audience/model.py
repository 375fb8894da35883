"""What this service knows of the registry: networks, villages, lead mandates, contacts; of persons ids alone."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base


class _Projection(Base):
    """A row that follows the newest event of its subject; written by `upsert_if_newer` alone."""

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]


class Network(_Projection):
    __tablename__ = "network"

    slug: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    village_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


class Village(_Projection):
    """`latitude` and `longitude` are degrees in WGS 84; both are known or none."""

    __tablename__ = "village"

    name: Mapped[str]
    municipality_id: Mapped[UUID | None] = mapped_column(index=True)  # None: heard of before this was kept
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class FieldOfActivity(_Projection):
    """For a merged field the one of `into_slug` stands; organisations keep the slug that they were told with."""

    __tablename__ = "field_of_activity"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    into_slug: Mapped[str | None]


class Organisation(_Projection):
    """Who can organise a meeting together with a network. A hidden one keeps its row: an older event may still come."""

    __tablename__ = "organisation"

    village_id: Mapped[UUID | None] = mapped_column(index=True)
    fields: Mapped[list[str]] = mapped_column(ARRAY(String()))  # slugs of fields of activity
    hidden: Mapped[bool]


class LeadMandate(_Projection):
    """`until` is the last day of the mandate, None while it is open."""

    __tablename__ = "lead_mandate"

    village_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID]
    starts_on: Mapped[date]
    until: Mapped[date | None]


class Contact(_Projection):
    """Somebody's appointment for an organisation. A dismissed contact stays as a row: an older event may still come."""

    __tablename__ = "contact"

    organisation_id: Mapped[UUID]
    function: Mapped[str] = mapped_column(default="")  # a code such as `chair`
    dismissed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_contact_organisation_id", "organisation_id", postgresql_where="NOT dismissed"),)


class ContactPerson(_Projection):
    """Which person stands behind a contact, by id: so somebody's invitations can be shown to them and forgotten."""

    __tablename__ = "contact_person"

    person_id: Mapped[UUID] = mapped_column(index=True)


class Volunteer(_Projection):
    """Where and in what somebody helps. `around` are `Surroundings`: kilometres by air around a village.

    Who is not `active` pauses or does not agree to be contacted: nothing more is known of them here.
    """

    __tablename__ = "volunteer"

    active: Mapped[bool]
    fields: Mapped[list[str]] = mapped_column(ARRAY(String()))  # slugs of fields of activity
    village_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    municipality_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    network_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    everywhere: Mapped[bool]
    around: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class VolunteerPerson(_Projection):
    """Which person stands behind a volunteer, by id."""

    __tablename__ = "volunteer_person"

    person_id: Mapped[UUID] = mapped_column(index=True)


class StaffGrant(_Projection):
    """Who plans the meetings of a network (`network_id` None: of the whole district), by id."""

    __tablename__ = "staff_grant"

    person_id: Mapped[UUID] = mapped_column(index=True)
    network_id: Mapped[UUID | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the last day
    taken_back: Mapped[bool]
