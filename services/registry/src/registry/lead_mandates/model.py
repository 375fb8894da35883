"""The lead association (federführender Verein) of a village: one at a time, for a time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import OrganisationKind
from shared.database import Identified
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded
from registry.organisations.model import Organisation
from registry.territory.model import Village

ENDS_SOON = timedelta(days=90)
"""How long before its last day a mandate without a successor is told of."""
ONE_LEAD_AT_A_TIME = "ex_lead_mandate_one_at_a_time"


class VillageHasLead(DomainError):
    code = "village_has_lead"
    message = "{village} already has a lead association in this time."
    field = "starts_on"


class OnlyAssociationsLead(DomainError):
    code = "only_associations_lead"
    message = "Only an association can be the lead association of a village."
    field = "organisation_id"


class LeadFromElsewhere(DomainError):
    code = "lead_from_elsewhere"
    message = "The lead association of a village is one of its own associations."
    field = "organisation_id"


class LeadNotPublished(DomainError):
    code = "lead_not_published"
    message = "Please publish the association's entry first."
    field = "organisation_id"


class EndsBeforeItBegins(DomainError):
    code = "ends_before_it_begins"
    message = "The mandate cannot end before it begins."
    field = "until"


class SuccessorTooEarly(DomainError):
    code = "successor_too_early"
    message = "The successor's mandate cannot begin before the present one does."
    field = "starts_on"


class NotThePresentMandate(DomainError):
    code = "not_the_present_mandate"
    message = "The mandate to be replaced is not one of this village."
    field = "replaces"


class MandateEnded(DomainError):
    code = "mandate_ended"
    message = "This mandate has already ended."
    field = "until"


class LeadMandate(Identified, Recorded, Base):
    """An association leads its village from `starts_on` to `until`, both included; `until` is None while it is open.

    A mandate that was withdrawn before its first day ended on the day before: it covers no day at all. The database
    refuses two mandates of a village that share a day, also when both are written at the same moment.
    """

    __tablename__ = "lead_mandate"
    __table_args__ = (
        sa.CheckConstraint("until >= starts_on - 1", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("village_id", "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name=ONE_LEAD_AT_A_TIME,
        ),
    )

    village_id: Mapped[UUID] = mapped_column(ForeignKey("village.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    starts_on: Mapped[date]
    until: Mapped[date | None]
    end_told_at: Mapped[datetime | None]
    loss_told_at: Mapped[datetime | None]

    @property
    def took_effect(self) -> bool:
        """It was not withdrawn before its first day."""
        return self.until is None or self.until >= self.starts_on

    def overlaps(self, starts_on: date, until: date | None) -> bool:
        """Whether a day of `starts_on` to `until` (None: for ever) lies in this mandate."""
        if not self.took_effect:
            return False
        return (until is None or self.starts_on <= until) and (self.until is None or starts_on <= self.until)

    def end(self, until: date) -> None:
        """Set the last day. The day before the first one withdraws the mandate."""
        if until < self.starts_on - timedelta(days=1):
            raise EndsBeforeItBegins
        if self.until is not None and self.until <= until:
            raise MandateEnded
        self.until = until

    def make_room_for(self, starts_on: date) -> None:
        """End on the day before the successor's first."""
        if starts_on < self.starts_on:
            raise SuccessorTooEarly
        self.end(starts_on - timedelta(days=1))


def grant_lead(
    village: Village, organisation: Organisation, others: Iterable[LeadMandate], starts_on: date, until: date | None
) -> LeadMandate:
    """The mandate of `organisation` for `village`. `others` are all mandates of the village so far.

    Seed 003, goal 1: "ein Netzwerk aus je einem federführenden Verein der neun Heidedörfer", one of the village's own.
    """
    if organisation.kind is not OrganisationKind.ASSOCIATION:
        raise OnlyAssociationsLead
    if organisation.village_id != village.id:
        raise LeadFromElsewhere
    if not organisation.published:
        raise LeadNotPublished
    if until is not None and until < starts_on:
        raise EndsBeforeItBegins
    if any(other.overlaps(starts_on, until) for other in others):
        raise VillageHasLead(village=village.name)
    return LeadMandate(village_id=village.id, organisation_id=organisation.id, starts_on=starts_on, until=until)


def lost_lead(mandates: Sequence[LeadMandate], today: date) -> LeadMandate | None:
    """Of all mandates of a village the one that ended last, where nobody leads today."""
    if any(mandate.overlaps(today, today) for mandate in mandates):
        return None
    over = [one for one in mandates if one.took_effect and one.until is not None and one.until < today]
    return max(over, key=lambda mandate: mandate.starts_on, default=None)


def ending_soon(mandates: Sequence[LeadMandate], today: date) -> LeadMandate | None:
    """Of all mandates of a village the present one, where it ends within `ENDS_SOON` and nobody follows at once."""
    present = next((mandate for mandate in mandates if mandate.overlaps(today, today)), None)
    if present is None or present.until is None or present.until > today + ENDS_SOON:
        return None
    following = present.until + timedelta(days=1)
    return None if any(mandate.overlaps(following, following) for mandate in mandates) else present
