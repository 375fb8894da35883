"""Published profiles, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from shared.access.dependencies import public
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute

from registry.inputs import Slug
from registry.profiles import queries
from registry.profiles.schemas import ProfilesAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["Profiles"], dependencies=[Depends(public)])


@router.get("/profiles")
async def list_profiles(
    session: DbSession, response: Response, network: Annotated[Slug, Query(description="Slug of a network")]
) -> ProfilesAnswer:
    """The people of a network who agreed that their name is public, by name. Ask again rather than keep it."""
    response.headers["cache-control"] = "no-store"
    async with beyond_scopes(session):  # the proof is each person's consent, which the query asks for
        return ProfilesAnswer(items=await queries.profiles_of(session, network))
