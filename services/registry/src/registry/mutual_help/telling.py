"""What others learn of needs and offers; and what is mailed to the people who are asked."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.contracts.registry import (
    HelpEntryState,
    HelpNews,
    HelpRequestTakenBack,
    HelpRequestTold,
    HelpState,
    NeedFilled,
    NeedPublished,
    NeedWithdrawn,
    OfferPublished,
    OfferTaken,
    OfferWithdrawn,
)
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mutual_help.model import ANSWER_WITHIN, HelpEntry, HelpRequest, Side


def tell_entry(session: AsyncSession, entry: HelpEntry) -> None:
    """The whole state of a need or offer, or that it is withdrawn."""
    is_need = entry.side is Side.NEED
    network = entry.village.network_slug
    if entry.state is HelpState.WITHDRAWN:
        withdrawn = NeedWithdrawn(entry_id=entry.id) if is_need else OfferWithdrawn(entry_id=entry.id)
        record(session, withdrawn, subject=entry.id, sequence=entry.version, network=network)
        return
    told: type[HelpEntryState]
    if entry.state is HelpState.OPEN:
        told = NeedPublished if is_need else OfferPublished
    else:
        told = NeedFilled if is_need else OfferTaken
    state = told(
        entry_id=entry.id,
        organisation_id=entry.organisation_id,
        village_id=entry.village_id,
        kind=entry.kind,
        state=entry.state,
        title=entry.title,
        description=entry.description,
        area=entry.area,
        fields=[field.slug for field in entry.fields],
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        weekdays=entry.weekdays,
        daytimes=entry.daytimes,
        wanted=entry.wanted,
    )
    record(session, state, subject=entry.id, sequence=entry.version, network=network)


def tell_person(
    session: AsyncSession,
    request: HelpRequest,
    person_id: UUID,
    news: HelpNews,
    *,
    words: str = "",
    token: str | None = None,
) -> None:
    """Have a mail written to one person. It carries what the need says, nothing about anybody else."""
    told = HelpRequestTold(
        request_id=request.id,
        person_id=person_id,
        news=news,
        title=request.need.title,
        organisation=request.need.organisation.name,
        village=request.need.village.name,
        words=words,
        token=token,
        expires_at=request.expires_at if token else datetime.now(UTC) + ANSWER_WITHIN,
    )
    record(session, told, subject=uuid4(), sequence=1)


def tell_taken_back(session: AsyncSession, request: HelpRequest, person_id: UUID) -> None:
    """Have somebody told that the help is not needed any more."""
    told = HelpRequestTakenBack(
        request_id=request.id,
        person_id=person_id,
        title=request.need.title,
        organisation=request.need.organisation.name,
        village=request.need.village.name,
        expires_at=datetime.now(UTC) + ANSWER_WITHIN,
    )
    record(session, told, subject=uuid4(), sequence=1)
