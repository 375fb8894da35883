"""API clients over HTTP. A secret is in the answer once: such answers are not kept for an `Idempotency-Key`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from shared.access.dependencies import allow
from shared.access.grants import Access
from shared.web import DbSession, SecretRoute

from registry.access.model import STAFF
from registry.api_clients import handlers, queries
from registry.api_clients.model import ApiClient
from registry.api_clients.schemas import ApiClientAnswer, ApiClientInput, ApiClientsAnswer, ApiClientSecret

router = APIRouter(route_class=SecretRoute, tags=["API clients"])

Staff = Annotated[Access, Depends(allow(*STAFF))]


@router.get("/api-clients")
async def list_clients(session: DbSession, access: Staff) -> ApiClientsAnswer:
    """The other systems that read in the caller's scope."""
    clients = await queries.list_clients(session, access)
    return ApiClientsAnswer(items=[ApiClientAnswer.model_validate(client) for client in clients])


@router.post("/api-clients", status_code=HTTPStatus.CREATED)
async def make_client(
    session: DbSession, access: Staff, response: Response, entered: ApiClientInput
) -> ApiClientSecret:
    """Let another system read in a scope. The secret is shown in this answer and never again."""
    return _show_secret(response, *await handlers.make_client(session, access, entered))


@router.post("/api-clients/{client_id}/secret")
async def renew_secret(session: DbSession, access: Staff, response: Response, client_id: UUID) -> ApiClientSecret:
    """Make a new secret, shown in this answer and never again; the old one is refused at once."""
    return _show_secret(response, *await handlers.renew_secret(session, access, client_id))


@router.delete("/api-clients/{client_id}", status_code=HTTPStatus.NO_CONTENT)
async def end_client(session: DbSession, access: Staff, client_id: UUID) -> None:
    """The other system gets no more tokens."""
    await handlers.end_client(session, access, client_id)


def _show_secret(response: Response, client: ApiClient, secret: str) -> ApiClientSecret:
    response.headers["cache-control"] = "no-store"
    answer = ApiClientAnswer.model_validate(client)
    return ApiClientSecret(**answer.model_dump(), client_secret=secret)
