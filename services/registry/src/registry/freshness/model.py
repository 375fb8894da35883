"""The year's question whether an entry still holds, and the links that answer it."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import DomainError
from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded

ASK_AFTER, STALE_AFTER = 11, 12
"""Months after the last confirmation; an entry that was never confirmed counts from the day on which it was made."""

REMIND_AFTER = timedelta(days=21)  # after the first mail
ANSWER_WITHIN = timedelta(days=28)  # at least, however late the first mail was: nobody is called silent unasked
LINK_LIFETIME = timedelta(days=90)


class Reason(StrEnum):
    """Why an entry is not confirmed."""

    SILENT = "silent"  # was asked by mail, or will be
    NO_EMAIL = "no_email"  # none of its contacts has an address
    NO_CONTACT = "no_contact"


class NobodyToMail(DomainError):
    code = "nobody_to_mail"
    message = "None of the contact people has an email address. Please call them or write a letter."


class AskedToday(DomainError):
    code = "asked_today"
    message = "This organisation was asked by mail today already."


class ConfirmationLink(Recorded, Base):
    """A link to confirm an entry, mailed to one contact. Only its hash is stored; the first that is used ends all."""

    __tablename__ = "confirmation_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]
