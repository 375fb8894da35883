"""Which entries are due for what, as conditions of queries over `Organisation`."""

from datetime import date

import sqlalchemy as sa
from shared.dates import TIME_ZONE
from sqlalchemy import ColumnElement, and_, case, cast, exists, func, or_

from registry.clock import today
from registry.freshness.model import ANSWER_WITHIN, ASK_AFTER, REMIND_AFTER, STALE_AFTER, Reason
from registry.organisations.model import Organisation, Publication
from registry.people.model import Contact
from registry.people.queries import with_mail


def last_sign() -> ColumnElement[date]:
    """The day of the last confirmation, else of the entry."""
    entered = cast(func.timezone(TIME_ZONE, Organisation.created_at), sa.Date)
    return func.coalesce(Organisation.confirmed_on, entered)


def is_unconfirmed() -> ColumnElement[bool]:
    """Due for the year's question, whether it was asked or could not be."""
    return and_(_published(), last_sign() <= _months_ago(ASK_AFTER))


def is_to_be_asked() -> ColumnElement[bool]:
    """Due, not asked yet in this year, and somebody can be mailed."""
    not_asked = or_(Organisation.asked_on.is_(None), Organisation.asked_on <= _months_ago(STALE_AFTER))
    return and_(is_unconfirmed(), not_asked, can_be_mailed())


def is_to_be_reminded() -> ColumnElement[bool]:
    """Asked some weeks ago and silent since."""
    silent = Organisation.asked_on <= today() - REMIND_AFTER
    return and_(_published(), silent, Organisation.reminded_on.is_(None), can_be_mailed())


def has_gone_stale() -> ColumnElement[bool]:
    """Silent for a year although it was asked, or could not be; and nobody was told yet."""
    had_time = or_(Organisation.asked_on <= today() - ANSWER_WITHIN, ~can_be_mailed())
    return and_(_published(), Organisation.stale_since.is_(None), last_sign() <= _months_ago(STALE_AFTER), had_time)


def can_be_mailed() -> ColumnElement[bool]:
    """Whether one of the present contacts has an email address."""
    return with_mail(Organisation.id).correlate(Organisation).exists()


def reason() -> ColumnElement[str]:
    """Why an entry is not confirmed, as a value of `Reason`."""
    has_contact = exists().where(Contact.organisation_id == Organisation.id, Contact.until.is_(None))
    return case(
        (can_be_mailed(), Reason.SILENT.value),
        (has_contact, Reason.NO_EMAIL.value),
        else_=Reason.NO_CONTACT.value,
    )


def _months_ago(months: int) -> ColumnElement[date]:
    return cast(sa.literal(today()) - func.make_interval(0, months), sa.Date)


def _published() -> ColumnElement[bool]:
    return Organisation.publication == Publication.PUBLISHED
