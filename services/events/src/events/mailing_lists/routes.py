"""Mailing lists over HTTP: for those who plan the network's meetings."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute

from events.mailing_lists import handlers, queries
from events.mailing_lists.schemas import ListChange, ListOfLists, ListView, NewList
from events.meetings.access import Planner

router = APIRouter(tags=["invitations"], prefix="/mailing-lists", route_class=TransactionalRoute)


@router.get("", summary="The mailing lists of a network")
async def list_lists(
    session: DbSession, access: Planner, network: Annotated[Name, Query(description="Slug of the network")]
) -> ListOfLists:
    access.check(network=network)
    found = await queries.lists_of(session, network)
    return ListOfLists(items=[ListView.model_validate(one) for one in found])


@router.post("", status_code=HTTPStatus.CREATED, summary="A new mailing list")
async def create_list(session: DbSession, access: Planner, body: NewList, response: Response) -> ListView:
    access.check(network=body.network)
    added = await handlers.add_list(session, body)
    response.headers["Location"] = f"mailing-lists/{added.id}"
    return ListView.model_validate(added)


@router.get("/{list_id}", summary="One mailing list")
async def get_list(session: DbSession, access: Planner, list_id: UUID) -> ListView:
    return ListView.model_validate(await queries.get_list(session, list_id, access))


@router.put("/{list_id}", summary="Rename it and replace its members")
async def change_list(session: DbSession, access: Planner, list_id: UUID, body: ListChange) -> ListView:
    found = await queries.get_list(session, list_id, access, lock=True)
    await handlers.change_list(session, found, body)
    return ListView.model_validate(found)


@router.delete("/{list_id}", status_code=HTTPStatus.NO_CONTENT, summary="Keep it no more")
async def delete_list(session: DbSession, access: Planner, list_id: UUID) -> None:
    await handlers.remove_list(session, await queries.get_list(session, list_id, access, lock=True))
