"""What others learn of volunteers: the public that there is one more or one less, never who."""

from shared.contracts.envelope import EventData
from shared.contracts.registry import (
    Area,
    Surroundings,
    VolunteerChanged,
    VolunteerIdentified,
    VolunteerPaused,
    VolunteerResumed,
    VolunteerSignedUp,
    VolunteerState,
    VolunteerWithdrawn,
)
from shared.messaging.outbox import record
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.territory import queries as territory
from registry.volunteers.model import Standing, Volunteer


async def tell_signed_up(session: AsyncSession, volunteer: Volunteer) -> None:
    """They may be asked: new, or with their consent given again. Who pauses meanwhile is not asked."""
    if volunteer.paused_at is None:
        await _tell_state(session, volunteer, VolunteerSignedUp)
    else:
        await tell_paused(session, volunteer)


async def tell_changed(session: AsyncSession, volunteer: Volunteer) -> None:
    """They help elsewhere or in other fields. Who pauses tells it when they are back."""
    if volunteer.paused_at is None:
        await _tell_state(session, volunteer, VolunteerChanged)


async def tell_paused(session: AsyncSession, volunteer: Volunteer) -> None:
    """They are not asked for a while."""
    await _tell(session, volunteer, VolunteerPaused(volunteer_id=volunteer.id))


async def tell_resumed(session: AsyncSession, volunteer: Volunteer) -> None:
    """They may be asked again."""
    await _tell_state(session, volunteer, VolunteerResumed)


async def tell_withdrawn(session: AsyncSession, volunteer: Volunteer) -> None:
    """They may not be asked any more."""
    await _tell(session, volunteer, VolunteerWithdrawn(volunteer_id=volunteer.id))


async def tell_all_again(session: AsyncSession) -> int:
    """Tell the service of meetings of everybody who may be asked, as it told the public before; returns how many.

    The sequence is that of what was told last: whoever knows it already, or something newer, learns nothing. The
    session sees every row.
    """
    told = 0
    for volunteer in await session.scalars(select(Volunteer).order_by(Volunteer.id)):
        if volunteer.standing is Standing.ACTIVE:
            state = _state(volunteer, VolunteerState)
            again = VolunteerIdentified(volunteer_id=volunteer.id, person_id=volunteer.person_id, state=state)
            await _tell(session, volunteer, again)
            told += 1
    return told


async def _tell_state(session: AsyncSession, volunteer: Volunteer, kind: type[VolunteerState]) -> None:
    await _tell(session, volunteer, _state(volunteer, kind))
    await _tell(session, volunteer, VolunteerIdentified(volunteer_id=volunteer.id, person_id=volunteer.person_id))


def _state(volunteer: Volunteer, kind: type[VolunteerState]) -> VolunteerState:
    return kind(
        volunteer_id=volunteer.id,
        fields=[field.slug for field in volunteer.fields],
        areas=[Area(kind=area.kind, id=area.id) for area in volunteer.areas],
        around=[Surroundings(village_id=area.id, km=area.km) for area in volunteer.areas if area.km is not None],
        rhythm=volunteer.rhythm,
    )


async def _tell(session: AsyncSession, volunteer: Volunteer, told: EventData) -> None:
    network = await _network_of(session, volunteer)
    record(session, told, subject=volunteer.id, sequence=volunteer.version, network=network)


async def _network_of(session: AsyncSession, volunteer: Volunteer) -> str | None:
    """The slug of the one network that all areas belong to; else it is told to the whole district."""
    networks = await territory.networks_of_areas(session, volunteer.areas)
    is_wide = any(area.km is not None for area in volunteer.areas)
    return networks.pop() if len(networks) == 1 and not is_wide else None
