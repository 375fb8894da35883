"""What every form of an organisation does with the registry."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from portal.organisations.forms import Choices, body_of
from portal.organisations.queries import choices
from portal.web.forms import Form
from portal.web.view import View


async def offered(view: View, villages: list[tuple[str, str]] | None = None) -> Choices:
    """What the form offers; the reader may choose among `villages` (None: all of the district)."""
    [district] = (await view.services.registry.get("/districts"))["items"]
    found = await view.read(choices, district["id"])
    named = [(value, name or str(district["name"])) for value, name in found.areas]
    return replace(found, areas=named, villages=found.villages if villages is None else villages)


async def enter(view: View, form: Form) -> dict[str, Any]:
    """Enter what the form says. Raises `Refused` and `Unavailable`."""
    body = {**body_of(form), "village_id": form.text("village_id")}
    entry: dict[str, Any] = await view.services.registry.send(
        "POST", "/organisations", body, token=await view.token(), key=form.key
    )
    return entry


async def save(view: View, organisation_id: UUID, changes: dict[str, Any], form: Form) -> dict[str, Any]:
    """Change the entry unless somebody else has meanwhile. Raises `Refused` and `Unavailable`."""
    version = form.text("_version")
    entry: dict[str, Any] = await view.services.registry.send(
        "PATCH",
        f"/organisations/{organisation_id}",
        changes,
        token=await view.token(),
        key=form.key,
        headers={"if-match": version} if version else None,
    )
    return entry
