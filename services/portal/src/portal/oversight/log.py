"""The audit log as a page shows it: entries of a service, with the names that the reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.oversight.wording import ACTIONS, FIELDS
from portal.web.services import ServiceClient
from portal.web.view import View

SHOWN = 25  # entries on a page
NAMED = 8  # persons of one entry who are named; a list may show two hundred


@dataclass(frozen=True)
class Who:
    """Somebody in an entry. Without a `name` they are outside of the reader's scope, or were erased."""

    id: str
    name: str | None


@dataclass(frozen=True)
class Line:
    """One entry. `actor` is None where the system did it or somebody who had not logged in."""

    position: int
    at: datetime
    actor: Who | None
    what: str
    persons: list[Who]
    more: int
    fields: list[str]


@dataclass(frozen=True)
class Log:
    """A page of the log, newest first; `before` leads to older entries."""

    lines: list[Line]
    before: int | None


async def read_log(view: View, service: ServiceClient, **filters: Any) -> Log:
    """The entries of one service in the reader's scope."""
    answer = await service.get("/audit-entries", token=await view.token(), limit=SHOWN, **filters)
    entries: list[dict[str, Any]] = answer["items"]
    names = await names_of(view, [one for entry in entries for one in _ids(entry)])
    return Log([_line(view, entry, names) for entry in entries], answer["next"])


async def names_of(view: View, ids: Sequence[str]) -> dict[str, str]:
    """The names behind these ids, as far as the reader may know them."""
    if not ids:
        return {}
    wanted = sorted(set(ids))
    names: dict[str, str] = {}
    for start in range(0, len(wanted), 200):
        asked = wanted[start : start + 200]
        answer = await view.services.registry.get("/person-names", token=await view.token(), id=asked)
        names |= {person["id"]: person["name"] for person in answer["items"]}
    return names


def _ids(entry: dict[str, Any]) -> list[str]:
    return [*entry["persons"][:NAMED], *([entry["actor"]] if entry["actor"] else [])]


def _line(view: View, entry: dict[str, Any], names: dict[str, str]) -> Line:
    translate = view.translate.gettext
    action, changed = entry["action"], entry["details"].get("fields", "")
    return Line(
        position=entry["position"],
        at=datetime.fromisoformat(entry["at"]),
        actor=Who(entry["actor"], names.get(entry["actor"])) if entry["actor"] else None,
        what=translate(ACTIONS[action]) if action in ACTIONS else action,
        persons=[Who(one, names.get(one)) for one in entry["persons"][:NAMED]],
        more=max(len(entry["persons"]) - NAMED, 0),
        fields=[translate(FIELDS[name]) for name in changed.split(", ") if name in FIELDS],
    )
