"""What the pages show, kept by events. Nothing here is the truth: it can be rebuilt at any time.

`sequence` is the version of the event's subject that a row shows. Rows may name things that are not there yet,
because events of different subjects come in any order: there are no foreign keys.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from portal.database import Base


class Projected:
    """A row that follows the newest event of its subject."""

    sequence: Mapped[int] = mapped_column(BigInteger)


class Revision(Base):
    """One row that counts the changes of the read model, so that a process knows when what it remembers is old."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class FieldOfActivity(Projected, Base):
    """A retired field is named, but not chosen any more; for a merged one the field of `into_slug` stands."""

    __tablename__ = "field_of_activity"

    field_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    position: Mapped[int | None]
    retired: Mapped[bool]
    into_slug: Mapped[str | None]


class Municipality(Projected, Base):
    """`former_slugs` lead to it, and a dissolved one to its successor."""

    __tablename__ = "municipality"

    municipality_id: Mapped[UUID] = mapped_column(primary_key=True)
    ags: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    former_slugs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    begins_on: Mapped[date | None]
    dissolved_on: Mapped[date | None]
    successor_id: Mapped[UUID | None]


class Village(Projected, Base):
    __tablename__ = "village"

    village_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID]
    slug: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    former_slugs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Network(Projected, Base):
    """`goals` is a list of {number, text}; the order of `village_ids` is the registry's."""

    __tablename__ = "network"

    network_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    programme: Mapped[str]
    description: Mapped[str]
    goals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    village_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


class Organisation(Projected, Base):
    """A hidden organisation keeps its row, so that an older event cannot bring it back; its texts are gone.

    `notice` is {kind, issued_on, good_until}, the days as text.
    """

    __tablename__ = "organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    hidden: Mapped[bool]
    kind: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    village_id: Mapped[UUID | None] = mapped_column(index=True)
    legal_form: Mapped[str]
    goals: Mapped[str]
    strengths: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    support_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    founded: Mapped[int | None]
    website: Mapped[str | None]
    public_body_kind: Mapped[str | None]
    register_court: Mapped[str]
    register_number: Mapped[str]
    notice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    potentials: Mapped[str]
    founded_on: Mapped[date | None]
    members: Mapped[int | None]
    facilities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    federations: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    confirmed_on: Mapped[date | None]
    stale_since: Mapped[date | None]


class MergedOrganisation(Projected, Base):
    """An entry that another one stands for. `slug` is that of its page, empty where it was never public."""

    __tablename__ = "merged_organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_organisation_id: Mapped[UUID] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(index=True)


class HelpEntry(Projected, Base):
    """A need or an offer (`side`). A withdrawn one keeps its row without texts, so that nothing brings it back."""

    __tablename__ = "help_entry"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str]
    withdrawn: Mapped[bool]
    organisation_id: Mapped[UUID | None] = mapped_column(index=True)
    village_id: Mapped[UUID | None]
    kind: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    area: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    daytimes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    wanted: Mapped[int]


class LeadMandate(Projected, Base):
    """`until` is the last day, None while the mandate is open."""

    __tablename__ = "lead_mandate"

    mandate_id: Mapped[UUID] = mapped_column(primary_key=True)
    village_id: Mapped[UUID] = mapped_column(index=True)
    organisation_id: Mapped[UUID]
    starts_on: Mapped[date]
    until: Mapped[date | None]


class Volunteer(Projected, Base):
    """No person: fields and areas of somebody who wants to help. `area_ids` holds the ids of areas of all kinds;
    who helps in the whole district helps `everywhere`. `around_villages` are those of `area_ids` around which somebody
    helps, too, within as many kilometres as `around_km` says at the same place."""

    __tablename__ = "volunteer"

    volunteer_id: Mapped[UUID] = mapped_column(primary_key=True)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    area_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    everywhere: Mapped[bool]
    around_villages: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    around_km: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=list)

    __table_args__ = (Index("ix_volunteer_area_ids", "area_ids", postgresql_using="gin"),)


class Contact(Projected, Base):
    """That an organisation has somebody to write to; who it is stays in the registry."""

    __tablename__ = "contact"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    function: Mapped[str]
    dismissed: Mapped[bool]


class Meeting(Projected, Base):
    """`agenda` is a list of {position, title, minutes}; `status` is published, cancelled, held or withdrawn.

    A withdrawn meeting keeps its row without texts, so that an older event cannot bring it back.
    """

    __tablename__ = "meeting"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    network: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    village_id: Mapped[UUID | None]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    calendar_uid: Mapped[str]
    calendar_sequence: Mapped[int]
    status: Mapped[str]
    cancel_reason: Mapped[str]
    attendance: Mapped[str]
    organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    capacity: Mapped[int | None]
    registration_from: Mapped[datetime | None]
    registration_until: Mapped[datetime | None]
    taken_over_from: Mapped[str | None]
    course_id: Mapped[UUID | None]  # the first of the dates for which one registers at once

    __table_args__ = (
        Index("ix_meeting_network_ends_at", "network", "ends_at"),
        Index("ix_meeting_course_id", "course_id", postgresql_where="course_id IS NOT NULL"),
    )


class MeetingCount(Projected, Base):
    """How many were invited to a meeting, answered, and come."""

    __tablename__ = "meeting_count"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    invited: Mapped[int]
    accepted: Mapped[int]
    declined: Mapped[int]
    registered: Mapped[int]


class PublishedMinutes(Projected, Base):
    """The minutes of a meeting as everybody may read them; `items` are `PublishedItem`s of the event."""

    __tablename__ = "published_minutes"

    minutes_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(index=True)
    network: Mapped[str]
    title: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    approved_on: Mapped[date]
    corrected: Mapped[bool]
    people: Mapped[int | None]
    present: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    excused: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    __table_args__ = (Index("ix_published_minutes_network_starts_at", "network", "starts_at"),)


class Notice(Projected, Base):
    """What became of one mail about a meeting; nobody's address."""

    __tablename__ = "notice"

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    delivered: Mapped[bool]
