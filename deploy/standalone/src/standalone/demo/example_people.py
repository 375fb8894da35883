"""The people whom somebody who tries the demo can be."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from shared.access.grants import Role
from shared.i18n import N_

_MAY = {
    Role.DISTRICT_OFFICER: N_(
        "Runs the platform for the whole district: networks, municipalities, all entries and dates."
    ),
    Role.MUNICIPALITY_OFFICER: N_("Keeps the villages and the entries of one municipality."),
    Role.NETWORK_COORDINATOR: N_(
        "Plans network meetings, invites, enters associations and contact people, and names the lead associations."
    ),
    Role.ASSOCIATION_CONTACT: N_("Keeps the entry of one association and its contact people."),
    Role.VOLUNTEER: N_("Registers for meetings."),
}
_CALLED = {
    Role.DISTRICT_OFFICER: N_("Officer of the district"),
    Role.MUNICIPALITY_OFFICER: N_("Officer of the municipality"),
    Role.NETWORK_COORDINATOR: N_("Coordinator of the network"),
    Role.ASSOCIATION_CONTACT: N_("Contact of an association"),
    Role.VOLUNTEER: N_("Volunteer"),
}


@dataclass(frozen=True)
class ExamplePerson:
    """`scope` is what the role holds for, such as `municipality:Muldestausee`; empty where that goes without saying."""

    key: str
    role: Role
    name: str
    email: str
    scope: str = ""

    @property
    def called(self) -> str:
        """Msgid of what the person is."""
        return _CALLED[self.role]

    @property
    def may(self) -> str:
        """Msgid of what the person may do."""
        return _MAY[self.role]

    @property
    def place(self) -> str:
        """What the role holds for, as people say it."""
        return self.scope.partition(":")[2] if not self.scope.startswith("network:") else ""


def read_data(name: str) -> dict[str, Any]:
    """One of the files in `data`."""
    return tomllib.loads((resources.files("standalone.demo") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def example_people() -> tuple[ExamplePerson, ...]:
    """In the order in which they are offered."""
    return tuple(
        ExamplePerson(**{**person, "role": Role(person["role"])}) for person in read_data("people")["examples"]
    )
