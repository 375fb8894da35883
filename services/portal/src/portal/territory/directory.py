"""The territory as the registry knows it now: pages of the staff ask it, so that a change stands there at once."""

from dataclasses import dataclass
from typing import Any

from shared.access.grants import Role
from shared.errors import Forbidden, NotFound, Unavailable

from portal.web.forms import Form
from portal.web.services import Refused, problem_of
from portal.web.view import View, staff

ALL = 200  # the most that the registry gives at once
DISTRICT = staff(Role.DISTRICT_OFFICER)
SEATS = staff(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER)
NETWORKS = staff(Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR)


@dataclass(frozen=True)
class Territory:
    """What belonged to what on the day `on` (ISO), and the networks there are."""

    on: str
    district: dict[str, Any] | None
    municipalities: list[dict[str, Any]]
    networks: list[dict[str, Any]]

    @property
    def villages(self) -> list[dict[str, Any]]:
        """All villages with `municipality`, by name."""
        found = [
            {**village, "municipality": one["name"], "municipality_id": one["id"]}
            for one in self.municipalities
            for village in one["villages"]
        ]
        return sorted(found, key=lambda village: (village["name"], village["municipality"]))

    @property
    def network_names(self) -> dict[str, str]:
        """By slug and by id."""
        return {key: one["name"] for one in self.networks for key in (one["slug"], one["id"])}

    def municipality(self, municipality_id: object) -> dict[str, Any]:
        """Raises `NotFound`."""
        return _found(self.municipalities, municipality_id)

    def village(self, village_id: object) -> dict[str, Any]:
        """Raises `NotFound`."""
        return _found(self.villages, village_id)

    def network(self, network_id: object) -> dict[str, Any]:
        """Raises `NotFound`."""
        return _found(self.networks, network_id)


def _found(things: list[dict[str, Any]], wanted: object) -> dict[str, Any]:
    for thing in things:
        if thing["id"] == str(wanted):
            return thing
    raise NotFound


async def territory(view: View, on: str = "") -> Territory:
    """On a day (ISO), today unless given."""
    answer = await view.services.registry.get("/territory", **({"on": on} if on else {}))
    networks = await everything(view, "/networks")
    return Territory(answer["on"], answer["district"], answer["municipalities"], networks)


async def everything(view: View, path: str, *, token: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    """All pages of one of the registry's lists."""
    items: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        answer = await view.services.registry.get(path, token=token, limit=ALL, **asked, **after)
        items += answer["items"]
        if answer["next"] is None:
            return items
        after = {"after": answer["next"]}


async def send(
    view: View, form: Form, method: str, path: str, body: Any, names: dict[str, str] | None = None
) -> dict[str, Any] | None:
    """Give the registry a command. None: it refused, and the form shows why."""
    headers = {"if-match": form.text("_version")} if form.text("_version") else {}
    try:
        answer = await view.services.registry.send(
            method, path, body, token=await view.token(), key=form.key, headers=headers
        )
    except (Refused, Unavailable) as error:
        form.take(problem_of(error, view.translate), names)
        return None
    return answer or {}


def check_municipality(view: View, municipality_id: object) -> None:
    """Raise `Forbidden` unless the reader keeps this municipality's villages."""
    if not may_keep_municipality(view, municipality_id):
        raise Forbidden


def may_keep_municipality(view: View, municipality_id: object) -> bool:
    """Whether the reader keeps this municipality's villages. `municipality_id` as text or UUID."""
    return any(
        grant.role is Role.DISTRICT_OFFICER
        or (grant.role is Role.MUNICIPALITY_OFFICER and str(grant.scope_id) == str(municipality_id))
        for grant in view.holder.principal.grants
    )


def check_network(view: View, network: dict[str, Any]) -> None:
    """Raise `Forbidden` unless the reader coordinates this network."""
    if not view.may_plan(network["slug"]):
        raise Forbidden


def may_rule(view: View) -> bool:
    """Whether the reader is of the district office."""
    return view.holder.holds(Role.DISTRICT_OFFICER)
