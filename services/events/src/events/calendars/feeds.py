"""The public feeds: which meetings stand in the calendar of a network, a village, or a field of activity."""

from collections.abc import Iterable
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
from events.calendars.entries import Entry, read_entries
from events.meetings.model import Meeting


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


async def public_entries(session: AsyncSession, feed: Feed, since: datetime) -> list[Entry]:
    """What stands in the feed, by time."""
    return await read_entries(session, feed.meetings & (Meeting.visibility == Visibility.PUBLIC), since)


def write_feed(
    entries: Iterable[Entry], name: str, page: str, public_url: str, links_of: frozenset[UUID] = frozenset()
) -> bytes:
    """The calendar as programs get it. `links_of` are the meetings whose online address may stand in it.

    Of a thousand meetings this takes half a second: run it in a thread, so that others are answered meanwhile.
    """
    events = (
        create_event(
            entry,
            stamp=entry.changed_at,
            url=f"{public_url}/n/{entry.network}/treffen/{entry.id}",
            village=entry.village,
            online_link=entry.online_link if {entry.id, entry.list_id} & links_of else None,
            cancelled=entry.cancelled,
        )
        for entry in entries
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
