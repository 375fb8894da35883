"""/n/<network>/organisationen: everybody's list of a network's organisations, with filters."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from starlette.responses import Response

from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard, network_page
from portal.organisations.filters import address
from portal.organisations.forms import ADDRESSES
from portal.web.view import PageView

router = APIRouter(dependencies=[Depends(public)])

SHOWN = 24


@dataclass(frozen=True)
class Chosen:
    """What the reader wants to see; empty is everything. `kind` and `village` as in addresses."""

    text: str
    kind: str
    field: str
    village: str

    def fits(self, village: VillageCard, card: OrganisationCard) -> bool:
        """Whether the list shows this organisation."""
        return (
            self.village in ("", village.slug)
            and (self.kind not in ADDRESSES or card.kind == ADDRESSES[self.kind])
            and (not self.field or self.field in card.fields)
            and self.text.casefold() in card.name.casefold()
        )


@router.get("/n/{network}/organisationen")
async def list_organisations(
    view: PageView,
    network: str,
    text: Annotated[str, Query(alias="suche", max_length=200)] = "",
    kind: Annotated[str, Query(alias="art", max_length=20)] = "",
    field: Annotated[str, Query(alias="feld", max_length=100)] = "",
    village: Annotated[str, Query(alias="ort", max_length=100)] = "",
    page: Annotated[int, Query(alias="seite", ge=1, le=1_000)] = 1,
) -> Response:
    """By name; `seite` counts the pages from 1."""
    shown = await view.read(network_page, network)
    chosen = Chosen(text.strip(), kind, field, village)
    found = _found(shown, chosen)
    query = {"suche": chosen.text, "art": kind, "feld": field, "ort": village}
    there = f"/n/{network}/organisationen"
    return view.render(
        "organisations/list.html",
        network=shown,
        chosen=chosen,
        count=len(found),
        items=found[(page - 1) * SHOWN : page * SHOWN],
        offered=[(word, kind.value) for word, kind in ADDRESSES.items() if _has(shown, kind)],
        fields=[(slug, name) for slug, name in shown.fields.items() if _uses(shown, slug)],
        before=address(there, query, seite=str(page - 1)) if page > 1 else None,
        after=address(there, query, seite=str(page + 1)) if len(found) > page * SHOWN else None,
    )


def _found(page: NetworkPage, chosen: Chosen) -> list[tuple[VillageCard, OrganisationCard]]:
    everybody = [(village, card) for village in page.villages for card in village.organisations]
    fitting = [(village, card) for village, card in everybody if chosen.fits(village, card)]
    return sorted(fitting, key=lambda one: one[1].name.casefold())


def _has(page: NetworkPage, kind: str) -> bool:
    return any(card.kind == kind for village in page.villages for card in village.organisations)


def _uses(page: NetworkPage, field: str) -> bool:
    return any(field in card.fields for village in page.villages for card in village.organisations)
