"""Making API clients, renewing their secrets, ending them; and their login."""

import hmac
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access, Principal, Role
from shared.access.tenancy import beyond_scopes
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access_queries
from registry.access.model import GrantEndsBeforeItBegins, check_may_give, check_may_give_until
from registry.api_clients import queries
from registry.api_clients.model import ApiClient, ClientRefused
from registry.api_clients.schemas import ApiClientInput
from registry.clock import today
from registry.secrets import hash_of, new_secret
from registry.territory.model import Network

_NO_HASH = hash_of("")


async def make_client(session: AsyncSession, access: Access, entered: ApiClientInput) -> tuple[ApiClient, str]:
    """A new client and its secret, as far and as long as the caller's own grants reach."""
    places = await access_queries.places_of(session, entered.scope, entered.scope_id)
    check_may_give_until(access, Role.API_CLIENT, entered.ends_on, **places)
    if entered.ends_on is not None and entered.ends_on < today():
        raise GrantEndsBeforeItBegins
    secret = new_secret()
    client = ApiClient(
        id=uuid4(),
        name=entered.name,
        secret_hash=hash_of(secret),
        scope=entered.scope,
        scope_id=entered.scope_id,
        ends_on=entered.ends_on,
        created_by=access.principal.id,
    )
    session.add(client)
    await session.flush()
    _audit(session, "api_client.made", client)
    return client, secret


async def renew_secret(session: AsyncSession, access: Access, client_id: UUID) -> tuple[ApiClient, str]:
    """A new secret; the old one is refused from now on."""
    client = await _own_client(session, access, client_id)
    secret = new_secret()
    client.secret_hash, client.renewed_at = hash_of(secret), datetime.now(UTC)
    _audit(session, "api_client.renewed", client)
    return client, secret


async def end_client(session: AsyncSession, access: Access, client_id: UUID) -> None:
    """The client gets no more tokens; those that exist live for ten minutes at most."""
    client = await _own_client(session, access, client_id)
    client.ended_at = datetime.now(UTC)
    _audit(session, "api_client.ended", client)


async def prove_client(session: AsyncSession, client_id: str, secret: str) -> Principal:
    """The client with this id and secret. Raises `ClientRefused`; an unknown id takes the same work."""
    async with beyond_scopes(session):  # the secret is the proof
        client = await session.get(ApiClient, _id_of(client_id))
        proven = hmac.compare_digest(hash_of(secret), client.secret_hash if client else _NO_HASH)
        if client is None or not proven or not client.holds_on(today()):
            raise ClientRefused
        network = await session.get(Network, client.scope_id) if client.scope_id else None
    principal = Principal(id=client.id, grants=(client.as_grant(network.slug if network else None),))
    session.info["principal"] = principal
    _audit(session, "login.succeeded", client)
    return principal


async def _own_client(session: AsyncSession, access: Access, client_id: UUID) -> ApiClient:
    """A client that the caller might have made."""
    client = await queries.client_for_update(session, access, client_id)
    check_may_give(access, Role.API_CLIENT, **await access_queries.places_of(session, client.scope, client.scope_id))
    return client


def _id_of(client_id: str) -> UUID:
    try:
        return UUID(client_id)
    except ValueError:
        return UUID(int=0)


def _audit(session: AsyncSession, action: str, client: ApiClient) -> None:
    scopes = [client.scope_id] if client.scope_id else []
    audit.record(session, action, kind="api_client", subject=client.id, scopes=scopes)
