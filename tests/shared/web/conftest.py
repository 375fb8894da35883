"""A small application on the real database: one table, a few routes, everything from `shared.web`."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel, Field
from shared import merging
from shared.access.dependencies import allow, allow_anyone, public
from shared.access.grants import Access, Role
from shared.database import create_metadata
from shared.erasure import tables as erasure
from shared.errors import DomainError
from shared.messaging import tables
from shared.settings import Settings
from shared.web import DbSession, TransactionalRoute, create_service_app, join_routers
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.aio import run_sync
from testkit.clients import Clients
from testkit.databases import Databases
from testkit.tokens import Issuer

metadata = create_metadata()
things = sa.Table(
    "thing",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("once", sa.Text, unique=True),
)


class Thing(BaseModel):
    name: str = Field(min_length=1, max_length=20)
    count: int = 0


class TooMuch(DomainError):
    code = "too_much"
    message = "At most {max_length} are possible."
    field = "count"


router = APIRouter(route_class=TransactionalRoute)


@router.get("/things")
async def list_things(
    access: Annotated[Access | None, Depends(allow_anyone(Role.DISTRICT_OFFICER))],
) -> dict[str, bool]:
    """Everybody may ask; an officer is shown more."""
    return {"all": access is not None}


@router.post("/things", status_code=201, dependencies=[Depends(public)])
async def create_thing(thing: Thing, session: DbSession) -> dict[str, int]:
    """Insert first and judge afterwards, so that a refusal has something to roll back."""
    number = await session.scalar(sa.insert(things).values(name=thing.name).returning(things.c.id))
    if thing.count > 3:
        raise TooMuch(max_length=3)
    if thing.count < 0:
        raise RuntimeError(f"a secret: {thing.name}")
    assert number is not None
    return {"id": number}


@router.get("/things/{number}", dependencies=[Depends(public)])
async def show_thing(number: int, session: DbSession) -> dict[str, Any]:
    return {"name": await session.scalar(sa.select(things.c.name).where(things.c.id == number))}


@router.post("/own-things", status_code=201)
async def create_own_thing(
    thing: Thing, session: DbSession, access: Annotated[Access, Depends(allow(Role.VOLUNTEER))]
) -> dict[str, str]:
    await session.execute(sa.insert(things).values(name=thing.name))
    return {"owner": str(access.principal.id)}


@router.post("/conflicts", dependencies=[Depends(public)])
async def conflict(session: DbSession) -> None:
    await session.execute(sa.text("SELECT 1/0"))


def build(url: str) -> None:
    async def create() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            tables.attach(metadata)
            erasure.attach(metadata)
            merging.attach(metadata)
            await connection.run_sync(metadata.create_all)
        await engine.dispose()

    run_sync(create)


@pytest.fixture
def app(databases: Databases, issuer: Issuer) -> FastAPI:
    settings = Settings(database_url=databases.built("web", build), jwks_url=issuer.jwks_url)
    return create_service_app(
        name="shared", title="Things", description="", settings=settings, router=join_routers(router)
    )


@pytest.fixture
async def client(app: FastAPI, client_for: Clients) -> httpx2.AsyncClient:
    return await client_for(app)


@pytest.fixture
async def names(app: FastAPI) -> AsyncIterator[Callable[[], Any]]:
    """What another connection sees of the table."""
    engine = create_async_engine(app.state.settings.database_url)

    async def read() -> list[str]:
        async with engine.connect() as connection:
            return list((await connection.execute(sa.select(things.c.name).order_by(things.c.id))).scalars())

    yield read
    await engine.dispose()
