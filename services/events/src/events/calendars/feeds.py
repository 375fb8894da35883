"""The public feeds: which meetings stand in the calendar of a network, a village, or a field of activity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.calendar import create_event, create_feed
from shared.contracts.events import Visibility
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Uuid, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import FieldOfActivity, Network, Organisation, Village
from events.meetings.model import Meeting, MeetingStatus


@dataclass(frozen=True)
class Feed:
    """A calendar for everybody. `name` is German, `path` the page about it, `network` the only one that is in it."""

    key: str
    name: str
    path: str
    meetings: ColumnElement[bool]
    network: str | None = None


async def network_feed(session: AsyncSession, slug: str) -> Feed:
    """Every public meeting of a network. Raises `NotFound`."""
    name = await _network_name(session, slug)
    return Feed(f"network/{slug}", f"Treffen: {name}", f"/n/{slug}/treffen", Meeting.network == slug, slug)


async def village_feed(session: AsyncSession, village_id: UUID) -> Feed:
    """Public meetings in a village, and those elsewhere that an organisation of the village helps to organise.

    Raises `NotFound`.
    """
    village = await session.get(Village, village_id)
    if village is None:
        raise NotFound
    concerned = or_(Meeting.village_id == village_id, _organised_by(Organisation.village_id == village_id))
    return Feed(f"village/{village_id}", f"Treffen: {village.name}", "/", concerned)


async def field_feed(session: AsyncSession, field: str, network: str | None) -> Feed:
    """Public meetings that an organisation of this field helps to organise: meetings have no field of their own.

    Of a field that was merged it is the calendar of the one that stands for it, so that old addresses go on. Raises
    `NotFound`, also for a network that does not exist.
    """
    where = f" in {await _network_name(session, network)}" if network else ""
    name, slugs = await _field_and_its_former_slugs(session, field)
    meetings = _organised_by(Organisation.fields.overlap(slugs))
    if network:
        meetings = meetings & (Meeting.network == network)
    path = f"/n/{network}/treffen" if network else "/"
    return Feed(f"field/{field}/{network or ''}", f"Treffen: {name}{where}", path, meetings, network)


async def public_meetings(session: AsyncSession, feed: Feed, since: datetime) -> Sequence[Meeting]:
    """What stands in the feed, by time; cancelled ones, too, so that programs strike them out."""
    shown = (Meeting.status != MeetingStatus.DRAFT) & (Meeting.visibility == Visibility.PUBLIC)
    query = select(Meeting).where(feed.meetings, shown, Meeting.ends_at > since)
    return (await session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def write_feed(
    session: AsyncSession,
    meetings: Sequence[Meeting],
    name: str,
    page: str,
    public_url: str,
    *,
    links_of: frozenset[UUID] = frozenset(),
) -> bytes:
    """The calendar as programs get it. `links_of` are the meetings whose online address may stand in it."""
    villages = await _names_of_villages(session, {one.village_id for one in meetings if one.village_id})
    events = (
        create_event(
            meeting.facts(),
            stamp=meeting.changed_at,
            url=f"{public_url}/n/{meeting.network}/treffen/{meeting.id}",
            village=villages.get(meeting.village_id) if meeting.village_id else None,
            online_link=meeting.online_link if {meeting.id, meeting.list_id} & links_of else None,
            cancelled=meeting.status is MeetingStatus.CANCELLED,
        )
        for meeting in meetings
    )
    body: bytes = create_feed(name, "Was im Dorfnetz ansteht", f"{public_url}{page}", events).to_ical()
    return body


def _organised_by(organisations: ColumnElement[bool]) -> ColumnElement[bool]:
    # As one array, so that PostgreSQL looks them up in the index of the meetings' organisers.
    ids = select(func.array_agg(Organisation.id, type_=ARRAY(Uuid()))).where(organisations, ~Organisation.hidden)
    overlaps: ColumnElement[bool] = Meeting.organisation_ids.op("&&", is_comparison=True)(ids.scalar_subquery())
    return overlaps


async def _network_name(session: AsyncSession, slug: str) -> str:
    name = await session.scalar(select(Network.name).where(Network.slug == slug).limit(1))
    if name is None:
        raise NotFound
    return name


async def _field_and_its_former_slugs(session: AsyncSession, slug: str) -> tuple[str, list[str]]:
    """The name of the field that stands for this one today, and every slug that organisations may have it by."""
    known = {one.slug: one for one in await session.scalars(select(FieldOfActivity))}

    def today(slug: str) -> str:
        into = known[slug].into_slug
        return today(into) if into in known else slug

    if slug not in known:
        raise NotFound
    return known[today(slug)].name, [one for one in known if today(one) == today(slug)]


async def _names_of_villages(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = await session.execute(select(Village.id, Village.name).where(Village.id.in_(ids)))
    return {row[0]: row[1] for row in found}
