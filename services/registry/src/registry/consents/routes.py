"""Consents: one's own, those that staff records on somebody's behalf, and the links of mails."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from shared import audit
from shared.access.dependencies import allow, logged_in, public
from shared.access.grants import Access, Principal, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import ConsentPurpose
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers, queries
from registry.consents.model import ConsentChannel, Giving
from registry.consents.schemas import (
    ConsentsAnswer,
    ConsentText,
    ConsentTextsAnswer,
    GuardianAnswer,
    GuardianWithdrawal,
    OwnConsent,
    RecordedConsent,
    RecordedWithdrawal,
    Unsubscription,
)
from registry.consents.texts import TEXTS
from registry.people import queries as people
from registry.people.model import Person
from registry.secrets import hash_of

router = APIRouter(route_class=TransactionalRoute, tags=["Consents"])

Myself = Annotated[Principal, Depends(logged_in())]
Staff = Annotated[
    Access,
    Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)),
]


@router.get("/consent-texts", dependencies=[Depends(public)])
async def list_consent_texts() -> ConsentTextsAnswer:
    """The words that have to be shown, with the version that a consent then names."""
    return ConsentTextsAnswer(items=[ConsentText.current(purpose) for purpose in TEXTS])


@router.get("/me/consents")
async def read_own_consents(session: DbSession, principal: Myself) -> ConsentsAnswer:
    """What the caller agreed to, since when, and what may be agreed to."""
    return await _answer(session, await people.person_by_id(session, principal.id))


@router.post("/me/consents/{purpose}")
async def give_own_consent(
    session: DbSession, principal: Myself, purpose: ConsentPurpose, given: OwnConsent
) -> ConsentsAnswer:
    """Agree. For somebody under 16 only a guardian can."""
    person = await people.person_by_id(session, principal.id)
    giving = Giving(text_version=given.text_version, channel=ConsentChannel.WEB, given_on=today())
    await handlers.give(session, person, purpose, giving)
    return await _answer(session, person)


@router.post("/me/consents/{purpose}/withdrawal")
async def withdraw_own_consent(session: DbSession, principal: Myself, purpose: ConsentPurpose) -> ConsentsAnswer:
    """Withdraw; what is not given stays so. Works for everybody, also under 16."""
    person = await people.person_by_id(session, principal.id)
    await handlers.withdraw(session, person.id, purpose, ConsentChannel.WEB)
    return await _answer(session, person)


@router.post("/unsubscriptions", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def unsubscribe(session: DbSession, asked: Unsubscription) -> None:
    """Withdraw by the link of a mail, without login. Whether the link was known is not told."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        await handlers.unsubscribe(session, asked.token)


@router.get("/guardian-consents", dependencies=[Depends(public)])
async def read_childs_consents(
    session: DbSession, guardian_token: Annotated[str, Header(min_length=1, max_length=100)]
) -> GuardianAnswer:
    """What a guardian agreed to for somebody under 16, by the link of the mail, without login."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        child = await queries.child_of(session, hash_of(guardian_token))
        consents = await queries.consents_of(session, child.id)
    purposes = [consent.purpose for consent in consents if consent.withdrawn_at is None]
    return GuardianAnswer(name=child.name, purposes=sorted(purposes, key=list(TEXTS).index))


@router.post("/guardian-consents/withdrawal", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def withdraw_for_child(session: DbSession, told: GuardianWithdrawal) -> None:
    """A guardian takes back what they agreed to; what is not given stays so."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        child = await queries.child_of(session, hash_of(told.token))
        await handlers.withdraw(session, child.id, told.purpose, ConsentChannel.LINK)


@router.get("/persons/{person_id}/consents")
async def read_consents(session: DbSession, access: Staff, person_id: UUID) -> ConsentsAnswer:
    """The consents of a person in the caller's scope."""
    person = await people.person(session, access, person_id)
    audit.record(session, "consents.seen", kind="person", subject=person.id, persons=[person.id])
    return await _answer(session, person)


@router.post("/persons/{person_id}/consents")
async def record_consent(session: DbSession, access: Staff, person_id: UUID, given: RecordedConsent) -> ConsentsAnswer:
    """Record what a person in the caller's scope said on paper, by telephone or in person."""
    person = await people.person(session, access, person_id)
    giving = Giving(
        text_version=given.text_version,
        channel=given.channel.channel,
        given_on=given.given_on or today(),
        recorded_by=access.principal.id,
        guardian=given.guardian,
    )
    await handlers.give(session, person, given.purpose, giving)
    return await _answer(session, person)


@router.post("/persons/{person_id}/consents/{purpose}/withdrawal")
async def record_withdrawal(
    session: DbSession, access: Staff, person_id: UUID, purpose: ConsentPurpose, told: RecordedWithdrawal
) -> ConsentsAnswer:
    """Withdraw on behalf of a person in the caller's scope."""
    person = await people.person(session, access, person_id)
    await handlers.withdraw(session, person.id, purpose, told.channel.channel, access.principal.id)
    audit.record(session, "consents.seen", kind="person", subject=person.id, persons=[person.id])
    return await _answer(session, person)


async def _answer(session: AsyncSession, person: Person) -> ConsentsAnswer:
    consents = await queries.consents_of(session, person.id)
    return ConsentsAnswer.of(person.id, person.name, consents, under_16=person.is_under_16(today()))
