"""Needs and offers, and the requests that bring them together."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import Area, AreaKind, Daytime, HelpKind, HelpState
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import CheckConstraint, Column, ForeignKey, SmallInteger, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded
from registry.fields_of_activity.model import FieldOfActivity
from registry.organisations.model import Organisation
from registry.territory.model import Village

ANSWER_WITHIN = timedelta(days=14)
"""How long the link of a request can be answered."""

WAITING_AT_MOST = 20
"""Unanswered requests of one need: nobody writes to the whole district at once."""


class Side(StrEnum):
    NEED = "need"
    OFFER = "offer"


class RequestState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class NotPublished(DomainError):
    code = "organisation_not_published"
    message = "Only an organisation whose entry is public can have needs and offers."
    field = "organisation_id"


class EntryEnded(DomainError):
    code = "help_entry_ended"
    message = "This is done or withdrawn. Please make a new entry."


class EndsBeforeItBegins(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "ends_before_it_begins"
    message = "The end lies before the beginning."
    field = "ends_on"


class NotOpen(DomainError):
    code = "need_not_open"
    message = "Only for an open need people can be asked."


class NotSuggested(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "not_suggested"
    message = "This does not fit the need, or is no longer there."


class NotReachable(DomainError):
    code = "not_reachable_by_mail"
    message = "Nobody can be reached by email here. Please ask your network coordinator to call."


class AlreadyAsked(DomainError):
    code = "already_asked"
    message = "Your organisation has already asked here."


class TooManyWaiting(DomainError):
    code = "too_many_waiting"
    message = "{count} requests wait for an answer. Please wait for some of them before you ask more."


class Over(DomainError):
    code = "help_request_over"
    message = "This request is over already, so it cannot be taken back."


class NotAgreed(DomainError):
    code = "not_agreed"
    message = "Only help that was promised can be done."


help_entry_field = Table(
    "help_entry_field",
    Base.metadata,
    Column("entry_id", ForeignKey("help_entry.id", ondelete="CASCADE"), primary_key=True),
    Column("field_id", ForeignKey("field_of_activity.id"), primary_key=True, index=True),
)


class HelpEntry(Identified, Versioned, Recorded, Base):
    """A need or an offer of an organisation. `area` says how far it reaches, `weekdays` are 1 (Monday) to 7.

    `daytimes` are parts of these days. Where nothing is said, any day and any part fits.
    """

    __tablename__ = "help_entry"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
        CheckConstraint("wanted > 0", name="wants_somebody"),
        sa.Index("ix_help_entry_open", "side", "kind", postgresql_where=sa.text("state = 'open'")),
    )

    side: Mapped[Side]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    village_id: Mapped[UUID] = mapped_column(ForeignKey("village.id"), index=True)
    kind: Mapped[HelpKind]
    state: Mapped[HelpState] = mapped_column(default=HelpState.OPEN)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    area_kind: Mapped[AreaKind]
    area_id: Mapped[UUID]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=list)
    daytimes: Mapped[list[Daytime]] = mapped_column(ARRAY(Text), default=list)
    wanted: Mapped[int] = mapped_column(default=1)
    fields: Mapped[list[FieldOfActivity]] = relationship(
        secondary=help_entry_field, order_by=FieldOfActivity.position, lazy="selectin"
    )
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    village: Mapped[Village] = relationship(lazy="joined", innerjoin=True)

    @property
    def area(self) -> Area:
        return Area(kind=self.area_kind, id=self.area_id)

    @area.setter
    def area(self, area: Area) -> None:
        self.area_kind, self.area_id = area.kind, area.id

    def check(self) -> None:
        """Raise `EndsBeforeItBegins`."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise EndsBeforeItBegins

    def check_not_ended(self) -> None:
        """Raise `EntryEnded` for what is done or withdrawn: that is history."""
        if self.state in (HelpState.DONE, HelpState.WITHDRAWN):
            raise EntryEnded

    def check_asking(self, waiting: int) -> None:
        """Raise `NotOpen` unless help can be asked for, `TooManyWaiting` when so many have not answered yet."""
        if self.side is not Side.NEED or self.state is not HelpState.OPEN:
            raise NotOpen
        if waiting >= WAITING_AT_MOST:
            raise TooManyWaiting(count=waiting)


class HelpRequest(Identified, Versioned, Recorded, Base):
    """The seeker's organisation asks a volunteer (`person_id`), or the organisation behind an offer.

    `answered_by` is who answered: only somebody who has said yes is named to the seeker.
    """

    __tablename__ = "help_request"
    __table_args__ = (
        UniqueConstraint("need_id", "person_id"),
        UniqueConstraint("need_id", "offer_id"),
        CheckConstraint("num_nonnulls(person_id, offer_id) = 1", name="one_helper"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("help_entry.id"))
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("help_entry.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    words: Mapped[str]
    thanks: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[UUID]
    answered_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    need: Mapped[HelpEntry] = relationship(foreign_keys=[need_id], lazy="joined", innerjoin=True)
    offer: Mapped[HelpEntry | None] = relationship(foreign_keys=[offer_id], lazy="joined")

    def answer(self, *, accept: bool, by: UUID) -> None:
        """Say yes or no, once."""
        self.state = RequestState.ACCEPTED if accept else RequestState.DECLINED
        self.answered_by, self.answered_at = by, datetime.now(UTC)
        self.touch()

    def finish(self, thanks: str) -> None:
        """What was promised is done. Raises `NotAgreed`."""
        if self.state is not RequestState.ACCEPTED:
            raise NotAgreed
        self.state, self.thanks, self.done_at = RequestState.DONE, thanks, datetime.now(UTC)
        self.touch()

    def take_back(self) -> None:
        """The seeker does not need this help any more. Raises `Over` once it was declined or given."""
        if self.state not in (RequestState.ASKED, RequestState.ACCEPTED):
            raise Over
        self.state = RequestState.TAKEN_BACK
        self.touch()

    @property
    def helper_id(self) -> UUID | None:
        """Who helps: None until they have said yes."""
        return self.answered_by if self.state in (RequestState.ACCEPTED, RequestState.DONE) else None


class HelpRequestLink(Recorded, Base):
    """The secret by which one person answers a request: several where an organisation has several contacts."""

    __tablename__ = "help_request_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
