"""An erasure: what was asked for, who has confirmed, and whether it is complete. It knows ids, never a name."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from shared.database import Identified, Versioned
from shared.erasure import SERVICES
from shared.erasure.forgetting import Subject
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ARRAY, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base

# Crockford's base 32: no letter that is taken for a digit. 50 bits, so that nobody comes upon another's by chance.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None})


class Origin(StrEnum):
    """Who asked for an erasure."""

    PERSON = "person"  # the person, logged in
    OFFICE = "office"  # staff, for the person
    RETENTION = "retention"  # nobody: what was kept about the person was over its time


class LastDistrictOfficer(DomainError):
    """Without one nobody could give a grant, and only an operator could let people in again."""

    code = "last_district_officer"
    message = N_("This is the only account of the district office. Please give somebody else this role first.")


class ReachesFurther(DomainError):
    """An erasure takes away appointments and roles; nobody takes away more than they could give."""

    status = HTTPStatus.CONFLICT
    code = "reaches_further"
    message = N_(
        "This person also has tasks outside of your area. Please ask the district office to erase them, "
        "or the person to do it themselves."
    )


class Erasure(Identified, Versioned, Base):
    """`scopes` are where the person belonged: staff of these places see the erasure. `number` is for the person."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_requested_at", "requested_at", "id"),)

    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID]
    contact_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    volunteer_id: Mapped[UUID | None]
    former_person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    services: Mapped[list[str]] = mapped_column(ARRAY(Text))  # who has to confirm
    requested_at: Mapped[datetime]
    origin: Mapped[Origin]
    requested_by: Mapped[UUID | None]  # the member of staff, where the office asked
    completed_at: Mapped[datetime | None]
    receipts: Mapped[list["ReceiptRow"]] = relationship(
        order_by="ReceiptRow.received_at", lazy="selectin", cascade="all, delete-orphan"
    )

    @classmethod
    def request(
        cls,
        subject: Subject,
        scopes: Sequence[str],
        now: datetime,
        origin: Origin,
        requested_by: UUID | None,
    ) -> "Erasure":
        """A new one, which every service has to confirm."""
        return cls(
            id=subject.erasure_id,
            number="".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)),
            person_id=subject.person_id,
            contact_ids=list(subject.contact_ids),
            volunteer_id=subject.volunteer_id,
            former_person_ids=list(subject.former_person_ids),
            scopes=list(scopes),
            services=list(SERVICES),
            requested_at=now,
            origin=origin,
            requested_by=requested_by,
            version=1,
            receipts=[],
        )

    @property
    def erasure_id(self) -> UUID:
        return self.id

    @property
    def missing(self) -> list[str]:
        """The services that have not confirmed, in the order in which they are named."""
        confirmed = {receipt.service for receipt in self.receipts}
        return [service for service in self.services if service not in confirmed]

    def confirm(self, service: str, text: str, now: datetime) -> bool:
        """Keep a receipt that was verified, in place of an older one; returns whether this completes the erasure."""
        self.receipts = [receipt for receipt in self.receipts if receipt.service != service]
        self.receipts.append(ReceiptRow(service=service, text=text, received_at=now))
        if self.missing or self.completed_at is not None:
            return False
        self.completed_at = now
        self.touch()
        return True


class ReceiptRow(Base):
    """A service's signed receipt, as it came."""

    __tablename__ = "erasure_receipt"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    received_at: Mapped[datetime]


def read_number(typed: str) -> str:
    """A number as it is kept, however somebody typed it: small letters, spaces, O for 0."""
    return typed.strip().upper().translate(_READ_AS)
