"""Probable duplicates: is this entry here already, what is there twice, and what is not."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from registry.duplicates import queries
from registry.duplicates.candidates import (
    POSSIBLE,
    StagedOrganisation,
    StagedPerson,
    like_organisations,
    like_persons,
    values_of,
)
from registry.duplicates.comparing import Reason
from registry.duplicates.model import PairKind
from registry.duplicates.schemas import (
    CountsAnswer,
    Difference,
    LikelyAnswer,
    LikelyAnswers,
    OrganisationToCheck,
    PairAnswer,
    PersonToCheck,
)
from registry.pages import After, Limit, Page

router = APIRouter(route_class=TransactionalRoute, tags=["Duplicates"], prefix="/duplicates")

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]
Score = Annotated[int | None, Query(ge=0, le=100)]
MOST = 10  # shown to somebody who enters one


@router.post("/organisations/check")
async def check_organisation(session: DbSession, access: Staff, entered: OrganisationToCheck) -> LikelyAnswers:
    """Which organisations that the caller may see are likely the one that they are about to enter."""
    staged = values_of([StagedOrganisation(0, **entered.model_dump())])
    return await _likely(
        session, PairKind.ORGANISATIONS, await like_organisations(session, access, staged, least=POSSIBLE)
    )


@router.post("/persons/check")
async def check_person(session: DbSession, access: Staff, entered: PersonToCheck) -> LikelyAnswers:
    """Who of the caller's scope is likely the person whom they are about to enter."""
    values = entered.model_dump() | {"village_ids": tuple(entered.village_ids)}
    staged = values_of([StagedPerson(0, **values)])
    answer = await _likely(session, PairKind.PERSONS, await like_persons(session, access, staged, least=POSSIBLE))
    audit.record_list(session, "persons.seen", (one.entry.id for one in answer.items))
    return answer


@router.get("/counts")
async def count_duplicates(session: DbSession, access: Staff) -> CountsAnswer:
    """How many pairs of the caller's scope wait for somebody to look at them."""
    return CountsAnswer(**{kind.value: await queries.count_pairs(session, access, kind) for kind in PairKind})


@router.get("/{kind}")
async def list_pairs(
    session: DbSession,
    access: Staff,
    kind: PairKind,
    different: bool = False,
    place_id: UUID | None = None,
    reason: Reason | None = None,
    least: Score = None,
    below: Score = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[PairAnswer]:
    """Pairs of the caller's scope, the likeliest first; with `different` those that somebody has told apart.

    `place_id` is a village, municipality or network that one of the two belongs to.
    """
    filtered = queries.Filter(different, place_id, reason, least, below)
    pairs, following = await queries.list_pairs(session, access, kind, filtered, after=after, limit=limit)
    entries = await queries.entries(session, kind, {key for pair in pairs for key in (pair.left_id, pair.right_id)})
    if kind is PairKind.PERSONS:
        audit.record_list(session, "persons.seen", entries)
    return Page(items=[_answer(pair, entries) for pair in pairs], next=following)


@router.post("/{kind}/differences", status_code=HTTPStatus.NO_CONTENT)
async def tell_apart(session: DbSession, access: Staff, kind: PairKind, told: Difference) -> None:
    """Say that two entries are not the same. It is remembered, with the moment and by whom."""
    pair = await queries.pair_for_update(session, access, kind, told.left_id, told.right_id)
    pair.different_at, pair.different_by = datetime.now(UTC), access.principal.id


@router.post("/{kind}/differences/withdrawal", status_code=HTTPStatus.NO_CONTENT)
async def take_back(session: DbSession, access: Staff, kind: PairKind, told: Difference) -> None:
    """They may be the same after all: the pair is listed again."""
    pair = await queries.pair_for_update(session, access, kind, told.left_id, told.right_id)
    pair.different_at, pair.different_by = None, None


async def _likely(session: AsyncSession, kind: PairKind, found: Any) -> LikelyAnswers:
    entries = await queries.entries(session, kind, [one.id for one in found[:MOST]])
    shown = (one for one in found if one.id in entries)
    return LikelyAnswers(
        items=[LikelyAnswer(entry=entries[one.id], score=one.score, reasons=list(one.reasons)) for one in shown]
    )


def _answer(pair: queries.AnyPair, entries: dict[Any, Any]) -> PairAnswer:
    return PairAnswer(
        left=entries[pair.left_id],
        right=entries[pair.right_id],
        score=pair.score,
        reasons=pair.reasons,
        different_at=pair.different_at,
        different_by=pair.different_by,
    )
