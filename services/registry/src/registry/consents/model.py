"""The consent of a person to one purpose, and what it takes for it to be valid."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared.contracts.registry import ConsentPurpose
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.consents.texts import current_version
from registry.database import Base, Recorded
from registry.people.model import Person


class ConsentChannel(StrEnum):
    """How somebody said it."""

    WEB = "web"  # on our pages, logged in or by a link that was mailed
    LINK = "link"  # by the unsubscribe link of a mail: withdrawals only
    PAPER = "paper"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    RENEWED = "renewed"  # replaced by the consent to newer words


class OutdatedConsent(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "outdated_consent"
    message = "The text of the consent has changed. Please read it again and agree."
    field = "text_version"


class GuardianNeeded(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "guardian_needed"
    message = "For people under 16 a guardian has to agree. Please give the guardian's name."
    field = "guardian"


class GivenInTheFuture(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "given_in_the_future"
    message = "This day is yet to come."
    field = "given_on"


@dataclass(frozen=True)
class Giving:
    """How a consent was given. `recorded_by` is None for the person (or guardian) themselves."""

    text_version: str
    channel: ConsentChannel
    given_on: date  # the day on the paper, of the call or of the click
    recorded_by: UUID | None = None
    guardian: str | None = None  # who agreed for somebody under 16

    def check(self, purpose: ConsentPurpose, person: Person, today: date) -> None:
        """Raise `OutdatedConsent`, `GivenInTheFuture` or `GuardianNeeded`.

        Under 16 only a guardian can agree (Art. 8 Abs. 1 DSGVO; we ask the same where the offer is not made online).
        """
        if self.text_version != current_version(purpose):
            raise OutdatedConsent
        if self.given_on > today:
            raise GivenInTheFuture
        if person.is_under_16(today) and not self.guardian:
            raise GuardianNeeded

    def of(self, purpose: ConsentPurpose, person: Person, today: date) -> "Consent":
        """The row of a new consent, given like this."""
        return Consent(
            id=uuid4(),
            person_id=person.id,
            purpose=purpose,
            text_version=self.text_version,
            channel=self.channel,
            recorded_by=self.recorded_by,
            given_on=self.given_on,
            given_at=datetime.now(UTC),
            guardian=self.guardian if person.is_under_16(today) else None,
        )


class Consent(Identified, Versioned, Base):
    """That a person agreed to one purpose. Giving it again after a withdrawal is a new consent; history stays."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index(
            "uq_consent_given",
            "person_id",
            "purpose",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[ConsentPurpose]
    text_version: Mapped[str]
    channel: Mapped[ConsentChannel]
    recorded_by: Mapped[UUID | None]  # None: by the person themselves
    given_on: Mapped[date]
    given_at: Mapped[datetime]  # when it was recorded here
    guardian: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]  # None: by the person themselves
    withdrawn_channel: Mapped[ConsentChannel | None]

    def withdraw(self, channel: ConsentChannel, now: datetime, recorded_by: UUID | None = None) -> None:
        """From now on it does not hold."""
        self.withdrawn_at, self.withdrawn_channel, self.withdrawn_by = now, channel, recorded_by
        self.touch()


class GuardianLink(Recorded, Base):
    """The link by which a guardian agreed for somebody under 16: later they withdraw by it, also when the child has an
    address of its own. Only its hash is stored; it works until the child is 16.
    """

    __tablename__ = "guardian_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class UnsubscribeLink(Recorded, Base):
    """A link in mails that withdraws a consent without login. Only its hash is stored.

    It belongs to the person and not to one consent: somebody who clicks in an old mail wants no more mails.
    """

    __tablename__ = "unsubscribe_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[ConsentPurpose]
