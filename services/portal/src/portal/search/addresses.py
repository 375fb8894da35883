"""Addresses of searches: each filter is a link to the same search with one more or one less."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

FILTERS = {"kind": "art", "field": "feld", "village": "ort", "municipality": "gemeinde", "network": "netzwerk"}
"""The registry's name of a filter, and the one in our addresses."""


@dataclass(frozen=True)
class Asked:
    """What the reader wants to find; `filters` by the registry's names."""

    query: str
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FacetLink:
    """One value of a filter, and where choosing it leads: away from it, if it is chosen."""

    value: str
    name: str
    count: int
    href: str
    chosen: bool


def address_of(query: str, filters: dict[str, str], after: str | None = None) -> str:
    """The page of a search."""
    parts = {"q": query, **{FILTERS[name]: value for name, value in filters.items()}}
    return "/suche?" + urlencode({**parts, **({"ab": after} if after else {})})


def facet_links(asked: Asked, facets: dict[str, Any]) -> list[tuple[str, list[FacetLink]]]:
    """The filters that divide the results, or are chosen, by name."""
    found = []
    for name in FILTERS:
        values = facets[name]
        if asked.filters.get(name) or len(values) > 1:
            found.append((name, [_link(asked, name, value) for value in values]))
    return [(name, links) for name, links in found if links]


def _link(asked: Asked, name: str, value: dict[str, Any]) -> FacetLink:
    chosen = asked.filters.get(name) == value["value"]
    others = {other: kept for other, kept in asked.filters.items() if other != name}
    filters = others if chosen else {**others, name: value["value"]}
    return FacetLink(value["value"], value["name"], value["count"], address_of(asked.query, filters), chosen)
