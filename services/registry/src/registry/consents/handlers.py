"""Giving consents and taking them back, and what follows for the person at once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import (
    ConsentGiven,
    ConsentPurpose,
    ConsentWithdrawn,
    ProfilePublished,
    ProfileWithdrawn,
)
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import queries
from registry.consents.model import Consent, ConsentChannel, Giving, UnsubscribeLink
from registry.consents.reach import Reach, people_of, reach_of
from registry.database import lock
from registry.people.model import Person
from registry.secrets import hash_of, new_secret
from registry.volunteers.queries import volunteer_of
from registry.volunteers.telling import tell_signed_up, tell_withdrawn


async def give(session: AsyncSession, person: Person, purpose: ConsentPurpose, giving: Giving) -> Consent:
    """Record that a person agrees. Giving the same words again changes nothing, newer words replace older ones.

    Raises `OutdatedConsent`, `GivenInTheFuture`, `GuardianNeeded`.
    """
    giving.check(purpose, person, today())
    async with beyond_scopes(session):  # the caller may do this; what follows may concern places that are not theirs
        await _lock(session, person.id, purpose)
        present = await queries.present_consent(session, person.id, purpose)
        if present is not None and present.text_version == giving.text_version:
            return present
        if present is not None:
            await _end(session, present, ConsentChannel.RENEWED, giving.recorded_by)
        consent = giving.of(purpose, person, today())
        session.add(consent)
        await session.flush()
        await _tell_given(session, consent)
    return consent


async def withdraw(
    session: AsyncSession,
    person_id: UUID,
    purpose: ConsentPurpose,
    channel: ConsentChannel,
    recorded_by: UUID | None = None,
) -> None:
    """Take a consent back from now on; what is not given stays so. It needs no reason (Art. 7 Abs. 3 DSGVO)."""
    async with beyond_scopes(session):  # the caller may do this; what follows may concern places that are not theirs
        await _lock(session, person_id, purpose)
        present = await queries.present_consent(session, person_id, purpose)
        if present is not None:
            await _end(session, present, channel, recorded_by)


async def unsubscribe(session: AsyncSession, token: str) -> None:
    """Withdraw what a link of a mail stands for (RFC 8058). An unknown link changes nothing."""
    link = await queries.unsubscribe_link(session, hash_of(token))
    if link is not None:
        await withdraw(session, link.person_id, link.purpose, ConsentChannel.LINK)


async def tell_changed_reach(session: AsyncSession, person_id: UUID) -> None:
    """A person belongs to other networks than before: their newsletter comes from there from now on."""
    async with beyond_scopes(session):  # who changes one appointment need not see all that a person does
        await _lock(session, person_id, ConsentPurpose.NEWSLETTER)
        consent = await queries.present_consent(session, person_id, ConsentPurpose.NEWSLETTER)
        if consent is not None:
            consent.touch()
            await _tell_notifications(session, consent, await reach_of(session, person_id))


async def tell_moved_villages(session: AsyncSession, villages: Iterable[UUID]) -> None:
    """Villages have joined or left a network: the newsletter of the people there follows them."""
    async with beyond_scopes(session):  # the district changes networks; people there may belong to any place
        subscribed = queries.with_consent(people_of(villages), ConsentPurpose.NEWSLETTER)
        for person_id in (await session.scalars(subscribed)).all():
            await tell_changed_reach(session, person_id)


async def tell_changed_profile(session: AsyncSession, person_id: UUID) -> None:
    """What a published profile shows has changed."""
    async with beyond_scopes(session):  # who changes one appointment need not see all that a person does
        consent = await queries.present_consent(session, person_id, ConsentPurpose.PUBLICATION)
        if consent is not None:
            consent.touch()
            _tell_published(session, consent)


async def tell_again(session: AsyncSession, consent: Consent) -> None:
    """A consent that holds is another entry's now, which stands for the same person. The session sees every row."""
    consent.touch()
    await _tell_notifications(session, consent, await reach_of(session, consent.person_id))
    if consent.purpose is ConsentPurpose.PUBLICATION:
        _tell_published(session, consent)


async def _tell_given(session: AsyncSession, consent: Consent) -> None:
    reach = await reach_of(session, consent.person_id)
    await _tell_notifications(session, consent, reach)
    if consent.purpose is ConsentPurpose.PUBLICATION:
        _tell_published(session, consent)
    elif consent.purpose is ConsentPurpose.CONTACT:
        await _tell_volunteer(session, consent.person_id, may_be_asked=True)
    _audit(session, "consent.given", consent, reach, consent.channel)


async def _end(session: AsyncSession, consent: Consent, channel: ConsentChannel, recorded_by: UUID | None) -> None:
    consent.withdraw(channel, datetime.now(UTC), recorded_by)
    await session.flush()
    withdrawn = ConsentWithdrawn(consent_id=consent.id, person_id=consent.person_id, purpose=consent.purpose)
    record(session, withdrawn, subject=consent.id, sequence=consent.version)
    if consent.purpose is ConsentPurpose.PUBLICATION:
        record(session, ProfileWithdrawn(profile_id=consent.id), subject=consent.id, sequence=consent.version)
    elif consent.purpose is ConsentPurpose.CONTACT:
        await _tell_volunteer(session, consent.person_id, may_be_asked=False)
    _audit(session, "consent.withdrawn", consent, await reach_of(session, consent.person_id), channel)


async def _tell_volunteer(session: AsyncSession, person_id: UUID, *, may_be_asked: bool) -> None:
    volunteer = await volunteer_of(session, person_id)
    if volunteer is None:
        return
    volunteer.touch()
    if may_be_asked:
        volunteer.leave_reason = None  # they are back
    await (tell_signed_up if may_be_asked else tell_withdrawn)(session, volunteer)


async def _tell_notifications(session: AsyncSession, consent: Consent, reach: Reach) -> None:
    """Each time with a new link to unsubscribe: older ones still work, but are known here by their hashes alone."""
    token = None
    if consent.purpose is ConsentPurpose.NEWSLETTER:
        token = new_secret()
        link = UnsubscribeLink(token_hash=hash_of(token), person_id=consent.person_id, purpose=consent.purpose)
        session.add(link)
    given = ConsentGiven(
        consent_id=consent.id,
        person_id=consent.person_id,
        purpose=consent.purpose,
        networks=sorted(reach.networks),
        everywhere=reach.everywhere,
        unsubscribe_token=token,
    )
    record(session, given, subject=consent.id, sequence=consent.version)


def _tell_published(session: AsyncSession, consent: Consent) -> None:
    published = ProfilePublished(profile_id=consent.id)
    record(session, published, subject=consent.id, sequence=consent.version)


def _audit(session: AsyncSession, action: str, consent: Consent, reach: Reach, channel: ConsentChannel) -> None:
    details = {"purpose": consent.purpose.value, "channel": channel.value, "text_version": consent.text_version}
    audit.record(
        session,
        action,
        kind="consent",
        subject=consent.id,
        persons=[consent.person_id],
        scopes=reach.scopes,
        details=details,
    )


async def _lock(session: AsyncSession, person_id: UUID, purpose: ConsentPurpose) -> None:
    await lock(session, "consent", f"{person_id}/{purpose}")
