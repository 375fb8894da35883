"""Minutes that everybody can read."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.contracts.registry import HelpState
from shared.errors import NotFound
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.mutual_help.queries import open_help
from portal.read_model.model import Organisation, PublishedMinutes

SHOWN = 200  # sixteen years of monthly meetings


async def published_minutes(session: AsyncSession, network: str) -> Sequence[PublishedMinutes]:
    """Of a network, the last meeting first."""
    query = select(PublishedMinutes).where(PublishedMinutes.network == network)
    return (await session.scalars(query.order_by(PublishedMinutes.starts_at.desc()).limit(SHOWN))).all()


async def minutes_of(session: AsyncSession, network: str, meeting_id: UUID) -> PublishedMinutes:
    """Of one meeting. Raises `NotFound`."""
    this = PublishedMinutes.network == network, PublishedMinutes.meeting_id == meeting_id
    found = await session.scalar(select(PublishedMinutes).where(*this))
    if found is None:
        raise NotFound
    return found


async def has_published_minutes(session: AsyncSession, meeting_id: UUID) -> bool:
    """Whether everybody can read what a meeting decided."""
    this = select(PublishedMinutes.minutes_id).where(PublishedMinutes.meeting_id == meeting_id)
    return await session.scalar(this) is not None


async def organisation_names(session: AsyncSession, minutes: PublishedMinutes) -> Mapping[str, str]:
    """The names of the organisations that these minutes mention, by id."""
    tasks = [task["organisation_id"] for item in minutes.items for task in item["action_items"]]
    ids = {*minutes.present, *minutes.excused, *(UUID(one) for one in tasks if one)}
    query = select(Organisation.organisation_id, Organisation.name).where(Organisation.organisation_id.in_(ids))
    return {str(row[0]): row[1] for row in await session.execute(query)}


async def open_needs(session: AsyncSession, network: str) -> list[tuple[str, str]]:
    """Open needs of a network's organisations: values and texts of a select field."""
    found = await open_help(session, network)
    needs = [one for one in found if one.is_need and one.state == HelpState.OPEN]
    return [(str(one.id), f"{one.title} ({one.organisation.name})") for one in needs]
