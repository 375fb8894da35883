"""/suche: one box over everything. Asked live at the registry, which knows what the reader may see."""

from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import public
from starlette.responses import Response

from portal.search.addresses import FILTERS, Asked, address_of, facet_links
from portal.web.services import Refused
from portal.web.view import PageView, View

router = APIRouter(dependencies=[Depends(public)])

SHOWN = 20
LONGEST = 200  # what the registry reads


@router.get("/suche")
async def search(
    view: PageView,
    q: Annotated[str, Query(max_length=5_000)] = "",
    kind: Annotated[str, Query(alias="art", max_length=100)] = "",
    field: Annotated[str, Query(alias="feld", max_length=200)] = "",
    village: Annotated[str, Query(alias="ort", max_length=200)] = "",
    municipality: Annotated[str, Query(alias="gemeinde", max_length=200)] = "",
    network: Annotated[str, Query(alias="netzwerk", max_length=200)] = "",
    after: Annotated[str, Query(alias="ab", max_length=10)] = "",
) -> Response:
    """Results by kind, and filters as links. Without JavaScript it is a form like any other."""
    chosen = {"kind": kind, "field": field, "village": village, "municipality": municipality, "network": network}
    asked = Asked(" ".join(q.split()), {name: value for name, value in chosen.items() if value})
    found, problem = await _ask(view, asked, after) if asked.query else (None, "")
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "problem": problem,
        "groups": _groups(found["items"]) if found else [],
        "facets": facet_links(asked, found["facets"]) if found else [],
        "address_of": address_of,
        "longest": LONGEST,
    }
    if view.wants_fragment:
        return view.fragment("search/search.html", "results", **context)
    return view.render("search/search.html", **context)


async def _ask(view: View, asked: Asked, after: str) -> tuple[dict[str, Any] | None, str]:
    """The registry's answer, or why there is none: a word for the page to explain."""
    if len(asked.query) > LONGEST:
        return None, "long"
    token = await view.token() if view.viewer else None
    wanted = {**asked.filters, **({"after": after} if after else {})}
    try:
        return await view.services.registry.get("/search", token=token, q=asked.query, limit=SHOWN, **wanted), ""
    except Refused as refused:
        wrong = {name for name, _ in refused.problem.errors}
        return None, "filter" if wrong & {*FILTERS, "after"} else "characters"


def _groups(items: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """By kind, in the order of each kind's best result."""
    order = list(dict.fromkeys(item["kind"] for item in items))
    ordered = sorted(items, key=lambda item: order.index(item["kind"]))
    return [(kind, list(of_kind)) for kind, of_kind in groupby(ordered, key=lambda item: item["kind"])]
