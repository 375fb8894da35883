"""Choosing whom a meeting addresses, and looking at how many people that are."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.errors import ChangedMeanwhile, DomainError
from shared.i18n import N_
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Network, Organisation, Village
from events.audience.queries import UnknownVillage, require_fields, require_organisations
from events.invitations import reaching
from events.invitations.audience_schemas import AudienceInput, AudiencePreview, GroupInput, GroupPreview
from events.invitations.groups import AudienceArea, AudienceGroup
from events.mailing_lists.queries import require_lists
from events.meetings.model import Meeting


class BeyondNetwork(DomainError):
    """People of another network, or of the whole district: the district's officers invite them."""

    status = HTTPStatus.FORBIDDEN
    code = "beyond_network"
    message = N_("You can invite people of your network. The district office can invite others, too.")
    field = "area"


async def groups_of(session: AsyncSession, meeting_id: UUID | None, network: str) -> Sequence[AudienceGroup]:
    """The groups of a meeting of this network, in order; none without a meeting."""
    found = select(AudienceGroup).where(AudienceGroup.meeting_id == meeting_id, AudienceGroup.network == network)
    return (await session.scalars(found.order_by(AudienceGroup.position))).all()


async def choose_audience(
    session: AsyncSession, meeting: Meeting, wanted: AudienceInput, access: Access
) -> Sequence[AudienceGroup]:
    """Replace the groups of a meeting. The caller has locked it. Nobody is invited by this.

    A group that stays the same is left as it is: who joins it is invited if others were. Raises `ChangedMeanwhile`,
    `BeyondNetwork`, `UnknownVillage`, `UnknownOrganisation`, `UnknownField`, `UnknownMailingList` and what
    `AudienceGroup.choose`, `Meeting.require_coming` and `require_ours` raise.
    """
    meeting.require_coming(datetime.now(UTC))
    meeting.require_ours()
    present = {group.choice: group for group in await groups_of(session, meeting.id, meeting.network)}
    if wanted.known is not None and set(wanted.known) != {group.id for group in present.values()}:
        raise ChangedMeanwhile
    chosen = {group.choice: group for group in (_group(meeting, one) for one in wanted.groups)}
    new = [group for choice, group in chosen.items() if choice not in present]
    await _require_known(session, meeting.network, new)
    if not access.covers():  # a grant for the district
        await _require_network(session, meeting.network, new)
    gone = [group.id for choice, group in present.items() if choice not in chosen]
    await session.execute(delete(AudienceGroup).where(AudienceGroup.id.in_(gone)))
    for position, (choice, group) in enumerate(chosen.items(), start=1):
        kept = present.get(choice, group)
        kept.position = position
        session.add(kept)
    await session.flush()
    return await groups_of(session, meeting.id, meeting.network)


async def preview(session: AsyncSession, meeting: Meeting) -> AudiencePreview:
    """How many people each group has, and how many would be invited now, by the query that invites them."""
    groups = await groups_of(session, meeting.id, meeting.network)
    async with beyond_scopes(session, reads_only=True):  # numbers; who it is, is asked of the registry
        reached = await reaching.count_reached(session, meeting.id, datetime.now(UTC))
    nobody = reaching.Reached(0, 0)
    whole = reached.get(None, nobody)
    shown = [GroupPreview.of(group, reached.get(group.id, nobody)) for group in groups]
    return AudiencePreview(groups=shown, people=whole.people, new=whole.new)


def _group(meeting: Meeting, wanted: GroupInput) -> AudienceGroup:
    group = AudienceGroup.choose(network=meeting.network, **wanted.model_dump())
    group.meeting_id = meeting.id
    return group


async def _require_known(session: AsyncSession, network: str, groups: Sequence[AudienceGroup]) -> None:
    villages = _named(groups, AudienceArea.VILLAGES)
    municipalities = _named(groups, AudienceArea.MUNICIPALITIES)
    if villages - await _ids(session, Village.id, Village.id.in_(villages)):
        raise UnknownVillage
    if municipalities - await _ids(session, Village.municipality_id, Village.municipality_id.in_(municipalities)):
        raise UnknownVillage
    await require_organisations(session, {one for group in groups for one in group.organisation_ids})
    await require_fields(session, {slug for group in groups for slug in group.fields})
    await require_lists(session, network, {one.mailing_list_id for one in groups if one.mailing_list_id})


async def _require_network(session: AsyncSession, network: str, groups: Sequence[AudienceGroup]) -> None:
    """That all the places and organisations of the groups belong to the network."""
    own = select(func.unnest(Network.village_ids)).where(Network.slug == network).scalar_subquery()
    municipalities = _named(groups, AudienceArea.MUNICIPALITIES)
    organisations = {one for group in groups for one in group.organisation_ids}
    named = or_(Village.id.in_(_named(groups, AudienceArea.VILLAGES)), Village.municipality_id.in_(municipalities))
    foreign = select(Village.id).where(named, Village.id.not_in(own)).exists()
    others = Organisation.id.in_(organisations) & or_(
        Organisation.village_id.is_(None), Organisation.village_id.not_in(own)
    )
    wide = any(group.area is AudienceArea.DISTRICT for group in groups)
    if wide or await session.scalar(select(or_(foreign, select(Organisation.id).where(others).exists()))):
        raise BeyondNetwork


def _named(groups: Iterable[AudienceGroup], area: AudienceArea) -> set[UUID]:
    return {one for group in groups if group.area is area for one in group.area_ids}


async def _ids(session: AsyncSession, column: object, condition: ColumnElement[bool]) -> set[UUID]:
    return set(await session.scalars(select(column).where(condition)))  # type: ignore[call-overload]
