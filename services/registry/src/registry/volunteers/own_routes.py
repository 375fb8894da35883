"""One's own profile as a volunteer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from shared.access.dependencies import logged_in
from shared.access.grants import Principal
from shared.web import DbSession, TransactionalRoute

from registry.consents.model import ConsentChannel
from registry.versions import CHANGED_SINCE, IfMatch, expect_version
from registry.volunteers import handlers, queries, standing
from registry.volunteers.schemas import Departure, Pause, VolunteerAnswer, VolunteerChanges

router = APIRouter(prefix="/me/volunteer", route_class=TransactionalRoute, tags=["Volunteers"])

Myself = Annotated[Principal, Depends(logged_in())]


@router.get("")
async def read_own_profile(session: DbSession, principal: Myself) -> VolunteerAnswer:
    """What the caller said as a volunteer, also after they left and until it is deleted. 404 for who is none."""
    return VolunteerAnswer.model_validate(await queries.own_volunteer(session, principal.id))


@router.patch("", responses=CHANGED_SINCE)
async def change_own_profile(
    session: DbSession, principal: Myself, changes: VolunteerChanges, if_match: IfMatch = None
) -> VolunteerAnswer:
    """Change where, when and with what one helps, and how one is reached."""
    volunteer = await queries.own_volunteer(session, principal.id, lock=True)
    expect_version(volunteer, if_match)
    return VolunteerAnswer.model_validate(await handlers.apply_changes(session, volunteer, changes))


@router.post("/pause")
async def pause_own_profile(session: DbSession, principal: Myself, told: Pause) -> VolunteerAnswer:
    """Not be asked until the end of a day, or until further notice."""
    volunteer = await queries.own_volunteer(session, principal.id, lock=True)
    return VolunteerAnswer.model_validate(await standing.pause(session, volunteer, told.until))


@router.post("/resumption")
async def resume_own_profile(session: DbSession, principal: Myself) -> VolunteerAnswer:
    """End one's pause."""
    volunteer = await queries.own_volunteer(session, principal.id, lock=True)
    return VolunteerAnswer.model_validate(await standing.resume(session, volunteer))


@router.post("/departure", status_code=HTTPStatus.NO_CONTENT)
async def leave(session: DbSession, principal: Myself, told: Departure) -> None:
    """Stop helping: consents are withdrawn. Who agrees again by `POST /me/consents/contact` is back."""
    volunteer = await queries.own_volunteer(session, principal.id, lock=True)
    await standing.leave(session, volunteer, told.reason, ConsentChannel.WEB)
