"""What the site consists of."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.networks.queries import network_page, network_slugs
from portal.read_model.model import Meeting
from portal.territory.queries import municipality_cards

ALWAYS = ("/", "/gemeinden", "/ereignisse", "/leichte-sprache", "/barrierefreiheit", "/impressum", "/datenschutz")
MOST = 50_000  # addresses of one file (sitemaps.org)


async def public_paths(session: AsyncSession) -> list[str]:
    """The path of every public page, in a fixed order."""
    paths = [*ALWAYS, *(f"/gemeinden/{one.slug}" for one in await municipality_cards(session))]
    for slug in await network_slugs(session):
        page = await network_page(session, slug)
        paths += [f"/n/{slug}", f"/n/{slug}/treffen", f"/n/{slug}/mitmachen"]
        paths += [f"/n/{slug}/orte/{village.slug}" for village in page.villages]
        paths += [f"/n/{slug}/organisationen/{o.slug}" for village in page.villages for o in village.organisations]
        meetings = select(Meeting.meeting_id).where(Meeting.network == slug, Meeting.status.in_(("published", "held")))
        paths += [f"/n/{slug}/treffen/{one}" for one in await session.scalars(meetings.order_by(Meeting.starts_at))]
    return paths[:MOST]
