"""What can be found. A kind is declared once, in `KINDS`; the index, the query, the filters and the page follow.

To add one: a `Kind`, a member of `SearchKind`, and `watch` in a migration for the tables of its documents.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mutual_help.model import HelpEntry, Side
from registry.organisations.model import Organisation
from registry.search import documents, findable
from registry.territory.model import Municipality, Network, Village
from registry.volunteers.model import Volunteer


@dataclass(frozen=True)
class Kind:
    """`entries` are the ids of all its rows, `findable` the caller's (id, title).

    `places` are the villages, municipalities, networks and fields of the rows.
    """

    name: str
    entries: Select[UUID]
    documents: Callable[[AsyncSession, Collection[UUID]], Awaitable[list[documents.Document]]]
    findable: findable.Findable
    places: Select[Any]
    public: bool = True  # whether everybody may know the words of its entries


def _help(side: Side) -> Kind:
    """Needs or offers."""
    return Kind(
        side.value,
        select(HelpEntry.id).where(HelpEntry.side == side),
        documents.help_entries,
        findable.help_entries(side),
        findable.HELP_PLACES,
    )


KINDS = (
    Kind(
        "organisation",
        select(Organisation.id),
        documents.organisations,
        findable.organisations,
        findable.ORGANISATION_PLACES,
    ),
    _help(Side.NEED),
    _help(Side.OFFER),
    Kind("village", select(Village.id), documents.villages, findable.villages, findable.VILLAGE_PLACES),
    Kind(
        "municipality",
        select(Municipality.id),
        documents.municipalities,
        findable.municipalities,
        findable.MUNICIPALITY_PLACES,
    ),
    Kind("network", select(Network.id), documents.networks, findable.networks, findable.NETWORK_PLACES),
    Kind(
        "volunteer",
        select(Volunteer.id),
        documents.volunteers,
        findable.volunteers,
        findable.VOLUNTEER_PLACES,
        public=False,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
