"""What can be found. A kind is declared once, in `KINDS`; the index, the query, the filters and the page follow.

To add one: a `Kind` with its documents, its rows that a caller may find and their places; in a migration, `watch` for
the tables that its documents are made of.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.access.grants import Access
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.search import documents, findable


@dataclass(frozen=True)
class Kind:
    """`findable` are the caller's rows (id, title); `places` their villages, municipalities, networks and fields."""

    name: str
    documents: Callable[[AsyncSession, Collection[UUID]], Awaitable[list[documents.Document]]]
    findable: Callable[[Access | None], findable.Rows | None]
    places: Select[Any]
    public: bool = True  # whether everybody may know the words of its entries


KINDS = (
    Kind("organisation", documents.organisations, findable.organisations, findable.ORGANISATION_PLACES),
    Kind("village", documents.villages, findable.villages, findable.VILLAGE_PLACES),
    Kind("municipality", documents.municipalities, findable.municipalities, findable.MUNICIPALITY_PLACES),
    Kind("network", documents.networks, findable.networks, findable.NETWORK_PLACES),
    Kind("volunteer", documents.volunteers, findable.volunteers, findable.VOLUNTEER_PLACES, public=False),
)
BY_NAME = {kind.name: kind for kind in KINDS}
