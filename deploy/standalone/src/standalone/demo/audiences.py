"""Whom the demo's meetings invite besides the lead associations, and the network's mailing lists."""

from collections.abc import Mapping
from typing import Any

from standalone.demo.api import Api
from standalone.demo.example_people import read_data

_EVENTS = "/api/events"
_WAITING = ("unknown_village", "unknown_field", "unknown_organisation")  # the registry's events are on their way


async def keep_lists(api: Api, ids: dict[str, str], network: str) -> None:
    """The mailing lists; their ids are put among `ids` by "list:<name>"."""
    for kept in read_data("meetings")["mailing_lists"]:
        members = [ids[f"association:{name}"] for name in kept["organisations"]]
        item = {"network": network, "name": kept["name"], "organisation_ids": members}
        waiting = ("unknown_network", *_WAITING)
        added = await api.add(f"{_EVENTS}/mailing-lists", item, name=f"list:{kept['name']}", wait_for=waiting)
        ids[f"list:{kept['name']}"] = str(added["id"])


async def address(api: Api, ids: Mapping[str, str], meeting: Mapping[str, Any], draft: str) -> None:
    """Choose whom a meeting invites, if it says so; otherwise these are the lead associations."""
    if "audience" in meeting:
        groups = [_group(ids, group) for group in meeting["audience"]]
        await api.put(f"{_EVENTS}/meetings/{draft}/audience", {"groups": groups}, wait_for=_WAITING)


def count_audiences() -> int:
    """How many calls both of them make."""
    data = read_data("meetings")
    return len(data["mailing_lists"]) + sum("audience" in meeting for meeting in data["meetings"])


def _group(ids: Mapping[str, str], group: Mapping[str, Any]) -> dict[str, Any]:
    if "list" in group:
        return {"role": "mailing_list", "mailing_list_id": ids[f"list:{group['list']}"]}
    villages = [ids[f"village:{name}"] for name in group.get("villages", ())]
    area = {"area": "villages", "area_ids": villages} if villages else {}
    return {"role": group["role"], "fields": group.get("fields", []), **area}
