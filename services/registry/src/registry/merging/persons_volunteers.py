"""The profiles of a volunteer who is entered twice become one, with all that was said; the stricter state counts."""

from datetime import date
from uuid import UUID

from shared.contracts.registry import ConsentPurpose
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.queries import present_consent
from registry.people.model import Person
from registry.volunteers.model import NotReachedThatWay, Volunteer
from registry.volunteers.queries import volunteer_of
from registry.volunteers.telling import tell_signed_up, tell_withdrawn

_ONE_WORD = ("rhythm", "hours_per_month", "preferred_channel", "best_time", "leave_reason")
_TOGETHER = (("available_from", "available_until"), ("street", "postcode", "town"))


async def unite_volunteers(session: AsyncSession, former_id: UUID, into_id: UUID) -> None:
    """At most one of the two is a volunteer afterwards, and `into_id` where both were."""
    theirs, mine = await volunteer_of(session, former_id), await volunteer_of(session, into_id)
    if theirs is None or mine is None:
        return
    _take_over(mine, theirs)
    theirs.touch()
    await tell_withdrawn(session, theirs)
    await session.delete(theirs)
    await session.flush()


async def tell_moved_volunteer(session: AsyncSession, into: Person) -> None:
    """What the profile says now, unless they are not to be asked."""
    volunteer = await volunteer_of(session, into.id)
    if volunteer is None:
        return
    try:
        volunteer.check({})
    except NotReachedThatWay:
        volunteer.preferred_channel = None  # the address or number that was not chosen
    volunteer.touch()
    asked = await present_consent(session, into.id, ConsentPurpose.CONTACT) is not None
    await (tell_signed_up if asked else tell_withdrawn)(session, volunteer)


def _take_over(mine: Volunteer, theirs: Volunteer) -> None:
    known = {(area.kind, area.id) for area in mine.areas}
    mine.add(list(theirs.fields), [area for area in theirs.areas if (area.kind, area.id) not in known])
    mine.slots = sorted({*mine.slots, *theirs.slots})
    for name in ("skills", "own_skills", "languages"):
        setattr(mine, name, list(dict.fromkeys([*getattr(mine, name), *getattr(theirs, name)])))
    for name in _ONE_WORD:
        setattr(mine, name, getattr(mine, name) or getattr(theirs, name))
    for names in _TOGETHER:
        if not any(getattr(mine, name) for name in names):
            for name in names:
                setattr(mine, name, getattr(theirs, name))
    pauses = [one for one in (mine, theirs) if one.paused_at is not None]
    if pauses:
        mine.paused_at = min(one.paused_at for one in pauses if one.paused_at)
        mine.paused_until = _longest([one.paused_until for one in pauses])


def _longest(days: list[date | None]) -> date | None:
    """The last of some days; None is without end."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
