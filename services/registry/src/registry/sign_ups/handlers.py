"""Receiving sign-ups, and making volunteers of them once they are confirmed (double opt-in)."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import SignUpReceived
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents.model import ConsentChannel, Giving, GuardianLink, OutdatedConsent
from registry.consents.texts import current_version
from registry.fields_of_activity import queries as fields
from registry.people.handlers import ensure_person
from registry.people.model import Unreachable
from registry.people.schemas import PersonInput
from registry.secrets import hash_of, new_secret
from registry.sign_ups import queries
from registry.sign_ups.model import KEPT, GuardianOnPaper, SignUp
from registry.sign_ups.schemas import SignUpInput, StaffConfirmation
from registry.volunteers.handlers import check_offer, enter_volunteer
from registry.volunteers.model import check_channel
from registry.volunteers.schemas import VolunteerDetails
from registry.volunteers.scope import places_of


async def receive(session: AsyncSession, entered: SignUpInput) -> None:
    """Keep what was typed until it is confirmed, and have the link mailed.

    Anybody may type anybody's address. So nothing is looked up here: neither answer nor effort depend on whether
    somebody is known. Raises `OutdatedConsent`, `Unreachable`, and what `check_offer` and
    `check_channel` raise.
    """
    agreed = {one.purpose.value: one.text_version for one in entered.consents}
    if any(one.text_version != current_version(one.purpose) for one in entered.consents):
        raise OutdatedConsent
    if entered.email is None and entered.phone is None and entered.minor is None:
        raise Unreachable
    await check_offer(session, entered)
    check_channel(entered.preferred_channel, entered.email, entered.phone, entered.address)
    places = await places_of(session, entered.areas)
    sign_up = SignUp(
        id=uuid4(),
        name=entered.name,
        email=entered.email,
        phone=entered.phone,
        fields=entered.fields,
        area_list=[area.model_dump(mode="json", exclude_none=True) for area in entered.areas],
        details=entered.model_dump(mode="json", include=set(entered.details)),
        agreed=agreed,
        birth_date=entered.minor.birth_date if entered.minor else None,
        guardian_name=entered.minor.guardian_name if entered.minor else None,
        guardian_email=entered.minor.guardian_email if entered.minor else None,
        scopes=places.scopes,
        expires_at=datetime.now(UTC) + KEPT,
    )
    session.add(sign_up)
    _send_link(session, sign_up)


def _send_link(session: AsyncSession, sign_up: SignUp) -> None:
    """The link goes to the guardian, else to the person; of the token only its hash stays here."""
    if sign_up.recipient is None:
        return
    token = new_secret()
    sign_up.token_hash = hash_of(token)
    name, email = sign_up.recipient
    received = SignUpReceived(
        sign_up_id=sign_up.id,
        name=name,
        email=email,
        child=sign_up.name if sign_up.under_16 else None,
        token=token,
        expires_at=sign_up.expires_at,
    )
    record(session, received, subject=sign_up.id, sequence=1)


async def confirm(session: AsyncSession, token: str) -> None:
    """The holder of the mailbox agrees; the link works once. Raises `NotFound`."""
    sign_up = await queries.take(session, SignUp.token_hash == hash_of(token))
    await _make_volunteer(session, sign_up, ConsentChannel.WEB, today(), None)


async def confirm_by_staff(session: AsyncSession, access: Access, sign_up_id: UUID, told: StaffConfirmation) -> None:
    """Somebody of the staff has spoken to the person, or has the guardian's signature. Raises `GuardianOnPaper`."""
    sign_up = await queries.waiting(session, access, sign_up_id)
    if sign_up.under_16 and told.channel is not told.channel.PAPER:
        raise GuardianOnPaper
    async with beyond_scopes(session):  # it is the caller's; who is known elsewhere stays one person
        sign_up = await queries.take(session, SignUp.id == sign_up_id)
        given_on = told.given_on or today()
        await _make_volunteer(session, sign_up, told.channel.channel, given_on, access.principal.id)


async def discard(session: AsyncSession, access: Access, sign_up_id: UUID) -> None:
    """Delete a sign-up of somebody who does not want to help after all, or cannot be reached."""
    await queries.waiting(session, access, sign_up_id)
    sign_up = await queries.take(session, SignUp.id == sign_up_id)
    audit.record(session, "sign_up.discarded", kind="sign_up", subject=sign_up.id, scopes=sign_up.scopes)


async def _make_volunteer(
    session: AsyncSession, sign_up: SignUp, channel: ConsentChannel, given_on: date, recorded_by: UUID | None
) -> None:
    # What has been retired since could still be chosen then.
    chosen = await fields.fields_named(session, sign_up.fields, kept=await fields.list_fields(session))
    email = sign_up.email if sign_up.email or sign_up.phone else sign_up.guardian_email
    person_input = PersonInput(name=sign_up.name, email=email, phone=sign_up.phone)
    person, _ = await ensure_person(session, person_input, recorded_by=recorded_by)
    person.note_birth_date(sign_up.birth_date, today())
    givings = {
        purpose: Giving(version, channel, given_on, recorded_by, sign_up.guardian_name)
        for purpose, version in sign_up.agreements.items()
    }
    details = VolunteerDetails.model_validate(sign_up.details).details
    await enter_volunteer(session, person, chosen, sign_up.areas, givings, details)
    if sign_up.guardian_email and sign_up.token_hash:
        session.add(GuardianLink(token_hash=sign_up.token_hash, person_id=person.id))
    audit.record(session, "sign_up.confirmed", kind="sign_up", subject=sign_up.id, persons=[person.id])
