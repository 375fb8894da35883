"""The words of the table: a row, the places of the test district, the callers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from shared.access.grants import Role

Json = dict[str, Any]


class Who(Enum):
    """Callers that are no set of roles."""

    EVERYBODY = "everybody"
    PERSON = "every person who is logged in"
    LOGGED_IN = "every person and program that is logged in"


DISTRICT = frozenset({Role.DISTRICT_OFFICER})
MUNICIPALITY = DISTRICT | {Role.MUNICIPALITY_OFFICER}
NETWORK = DISTRICT | {Role.NETWORK_COORDINATOR}
STAFF = MUNICIPALITY | NETWORK
KEEPERS = STAFF | {Role.ASSOCIATION_CONTACT}
PERSONS = frozenset(Role) - {Role.API_CLIENT}


@dataclass(frozen=True)
class Row:
    """One route, or one way to call it.

    `route` is method and path as in the OpenAPI document. `who` may call it, as far as their scope reaches: `within`
    names the kind of thing (an attribute of `Place`) whose scopes count, None where the scope does not matter.
    `path` says which things the parameters of the path name, where that is not the parameter without `_id`; a word that
    begins with `=` stands for itself.
    `body`, `query`, `headers` are made for a place. `shows` is the kind of thing that a list must show: those of the
    caller's scope, and no others. `answer` is the expected status where it is not a success; `open` means that callers
    without the role are answered as if the thing were missing. `note` is for readers of the rendered table.
    """

    route: str
    who: Who | frozenset[Role]
    within: str | None = None
    path: dict[str, str] = field(default_factory=dict)
    body: Callable[["Place"], Json] | None = None
    query: Callable[["Place"], Json] | None = None
    headers: Callable[["Place"], dict[str, str]] | None = None
    form: bool = False
    shows: str | None = None
    answer: int | None = None
    open: bool = False
    note: str = ""
    never_ends: bool = False

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def template(self) -> str:
        return self.route.partition(" ")[2]

    def named_by_path(self) -> dict[str, str]:
        """The kinds of things that the parameters of the path name."""
        names = re.findall(r"{(\w+)}", self.template)
        return {name: self.path.get(name, name.removesuffix("_id")) for name in names}

    def path_in(self, place: "Place") -> str:
        """The address of the row's thing in a place. Raises KeyError where there is none."""
        values = {
            name: kind[1:] if kind.startswith("=") else place[kind] for name, kind in self.named_by_path().items()
        }
        return self.template.format(**values)

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


@dataclass
class Place:
    """What there is in one village of the test district. `things` are ids, slugs or secrets by kind.

    `scopes` are those of a thing there by kind: names of municipality, network, association, person.
    """

    name: str
    things: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    secrets: dict[str, frozenset[str]] = field(default_factory=dict)  # words that only these scopes may read

    def __getitem__(self, kind: str) -> str:
        return self.things[kind]

    def put(self, kind: str, value: object, scopes: Iterable[object]) -> str:
        """There is one more thing, in these scopes."""
        self.things[kind] = str(value)
        self.scopes[kind] = frozenset(map(str, scopes))
        return str(value)

    def hide(self, word: str, kind: str) -> None:
        """A word that nobody may read who may not see the thing of this kind."""
        self.secrets[word] = self.scopes[kind]


class Nowhere(Place):
    """A place whose things do not exist: ids that nobody has given."""

    def __init__(self, like: Place) -> None:
        super().__init__("nowhere", {kind: _another(value) for kind, value in like.things.items()})


def _another(value: str) -> str:
    try:
        UUID(value)
    except ValueError:
        return f"nowhere-{value[:20]}"
    return str(uuid4())


@dataclass(frozen=True)
class Caller:
    """Somebody with one grant, or none; `role` is None without, `token` None for who is not logged in."""

    name: str
    role: Role | None = None
    scopes: frozenset[str] = frozenset()
    token: str | None = None

    def covers(self, scopes: frozenset[str]) -> bool:
        return self.role is Role.DISTRICT_OFFICER or bool(self.scopes & scopes)
