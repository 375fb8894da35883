"""The consents of two entries that are one person: the history of both stays, and the last word counts."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from shared.contracts.registry import ConsentPurpose
from shared.dates import day_of
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers as consents
from registry.consents.model import Consent, ConsentChannel
from registry.people.model import sixteenth_birthday


async def settle_consents(
    session: AsyncSession, former_id: UUID, into_id: UUID, birth_date: date | None, settled_by: UUID
) -> None:
    """End each consent that does not hold for both together; at most one is left for a purpose.

    What one of the two took back after the other had given it stays taken back. Under 16 only what a guardian agreed to
    is left (Art. 8 Abs. 1 DSGVO).
    """
    rows = await session.scalars(select(Consent).where(Consent.person_id.in_([former_id, into_id])))
    history = rows.all()
    child = birth_date is not None and sixteenth_birthday(birth_date) > today()
    for purpose in ConsentPurpose:
        of_purpose = [one for one in history if one.purpose is purpose]
        given = [one for one in of_purpose if one.withdrawn_at is None]
        given.sort(key=lambda one: (one.given_on, one.given_at, one.person_id == into_id), reverse=True)
        kept = False
        for one in given:
            if (channel := _ended(one, of_purpose, child=child, replaced=kept)) is not None:
                await consents.withdraw(session, one.person_id, purpose, channel, settled_by)
            else:
                kept = True


async def tell_moved_consents(session: AsyncSession, into_id: UUID) -> None:
    """Those that hold are told as this person's, with where they belong from now on."""
    present = select(Consent).where(Consent.person_id == into_id, Consent.withdrawn_at.is_(None))
    for consent in (await session.scalars(present.order_by(Consent.purpose))).all():
        await consents.tell_again(session, consent)


def _ended(given: Consent, history: Iterable[Consent], *, child: bool, replaced: bool) -> ConsentChannel | None:
    """How the consent has ended, None for one that holds. One on paper counts from the day on the paper."""
    for other in history:
        at = other.withdrawn_at
        if other.person_id == given.person_id or at is None or other.withdrawn_channel is ConsentChannel.RENEWED:
            continue
        if at >= given.given_at or day_of(at) > given.given_on:
            return other.withdrawn_channel
    if child and not given.guardian:
        return ConsentChannel.IN_PERSON
    return ConsentChannel.RENEWED if replaced else None
