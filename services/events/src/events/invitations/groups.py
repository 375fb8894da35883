"""Whom a meeting addresses: groups of people, each by a role and a place, or a mailing list of the network."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID, uuid4

from shared.database import Identified
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base

MOST_GROUPS = 20


class AudienceRole(StrEnum):
    """As what somebody is invited."""

    LEADS = "leads"  # contacts of the associations that lead in a village
    CONTACTS = "contacts"  # contacts of all organisations
    VOLUNTEERS = "volunteers"  # who agreed to be contacted and does not pause
    STAFF = "staff"  # coordinators; of the whole district also its officers
    MAILING_LIST = "mailing_list"  # whom staff put on a list of the network


class AudienceArea(StrEnum):
    """Where: in the meeting's network, in some villages or municipalities, or everywhere in the district."""

    NETWORK = "network"
    VILLAGES = "villages"
    MUNICIPALITIES = "municipalities"
    DISTRICT = "district"


class PlacesMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "places_missing"
    message = N_("Please choose at least one place.")
    field = "area_ids"


class MailingListMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "mailing_list_missing"
    message = N_("Please choose a mailing list.")
    field = "mailing_list_id"


class NotOfThisRole(DomainError):
    """Such as organisations of volunteers: what nobody would fit is refused, instead of inviting nobody."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "not_of_this_role"
    message = N_("This cannot be combined with the chosen group of people.")
    field = "role"


class AudienceGroup(Identified, Base):
    """One group. Empty `fields` and `organisation_ids` leave a thing open.

    `released_at` is when the group was invited for the first time; from then on who joins it is invited as well. One
    without is a plan, of which nobody has heard.
    """

    __tablename__ = "audience_group"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    position: Mapped[int]  # from 1
    role: Mapped[AudienceRole]
    area: Mapped[AudienceArea]
    area_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))  # of villages or municipalities
    fields: Mapped[list[str]] = mapped_column(ARRAY(String()))  # slugs of fields of activity
    organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    mailing_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"), index=True)
    released_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(role = 'mailing_list') = (mailing_list_id IS NOT NULL)", name="list_of_a_list"),
        CheckConstraint("(area IN ('villages', 'municipalities')) = (area_ids <> '{}')", name="places_of_an_area"),
        Index("ix_audience_group_meeting_id", "meeting_id", "position"),
    )

    @classmethod
    def choose(
        cls,
        role: AudienceRole,
        *,
        network: str,
        area: AudienceArea = AudienceArea.NETWORK,
        area_ids: Iterable[UUID] = (),
        fields: Iterable[str] = (),
        organisation_ids: Iterable[UUID] = (),
        mailing_list_id: UUID | None = None,
    ) -> "AudienceGroup":
        """A new group that nobody was invited by. Raises `PlacesMissing`, `MailingListMissing`, `NotOfThisRole`."""
        group = cls(
            id=uuid4(),
            network=network,
            position=1,
            role=role,
            area=area,
            area_ids=sorted(set(area_ids)),
            fields=sorted(set(fields)),
            organisation_ids=sorted(set(organisation_ids)),
            mailing_list_id=mailing_list_id,
        )
        group._check()
        return group

    @property
    def choice(self) -> tuple[object, ...]:
        """What makes two groups the same."""
        lists = (frozenset(self.area_ids), frozenset(self.fields), frozenset(self.organisation_ids))
        return (self.role, self.area, *lists, self.mailing_list_id)

    def copy(self) -> "AudienceGroup":
        """The same group for another meeting of the network."""
        copied = AudienceGroup.choose(
            self.role,
            network=self.network,
            area=self.area,
            area_ids=self.area_ids,
            fields=self.fields,
            organisation_ids=self.organisation_ids,
            mailing_list_id=self.mailing_list_id,
        )
        copied.position = self.position
        return copied

    def _check(self) -> None:
        if bool(self.area_ids) != (self.area in (AudienceArea.VILLAGES, AudienceArea.MUNICIPALITIES)):
            raise PlacesMissing
        of_a_list = self.role is AudienceRole.MAILING_LIST
        if of_a_list != (self.mailing_list_id is not None):
            raise MailingListMissing if of_a_list else NotOfThisRole
        speaks = self.role in (AudienceRole.LEADS, AudienceRole.CONTACTS)
        if self.organisation_ids and not speaks:
            raise NotOfThisRole
        if self.fields and not speaks and self.role is not AudienceRole.VOLUNTEERS:
            raise NotOfThisRole
        if of_a_list and self.area is not AudienceArea.NETWORK:
            raise NotOfThisRole


def lead_associations(network: str) -> AudienceGroup:
    """Whom a new meeting addresses until its planner decides otherwise."""
    return AudienceGroup.choose(AudienceRole.LEADS, network=network)
