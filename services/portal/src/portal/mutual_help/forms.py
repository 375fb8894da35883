"""The form of a need or an offer."""

from typing import Any

from shared.contracts.registry import AreaKind

from portal.networks.queries import NetworkPage
from portal.web.forms import Form
from portal.web.view import View

SIDES = {"bedarf": "need", "angebot": "offer"}


async def body_of(view: View, form: Form, page: NetworkPage) -> dict[str, Any]:
    """The request to the registry."""
    return {
        "kind": form.text("kind"),
        "title": form.text("title"),
        "description": form.text("description"),
        "village_id": form.text("village_id"),
        "area": await _area(view, form, page),
        "fields": form.texts("fields"),
        "starts_on": form.optional("starts_on"),
        "ends_on": form.optional("ends_on"),
        "weekdays": [int(day) for day in form.texts("weekdays") if day.isdecimal()],
        "daytimes": form.texts("daytimes"),
        "wanted": form.number("wanted") or 1,
    }


async def _area(view: View, form: Form, page: NetworkPage) -> dict[str, str]:
    """How far it reaches: people choose a word, the registry wants the id of the place."""
    reach, village = form.text("reach"), page.village_of_text(form.text("village_id"))
    if reach == AreaKind.DISTRICT:
        [district] = (await view.services.registry.get("/districts"))["items"]
        return {"kind": reach, "id": district["id"]}
    if reach == AreaKind.NETWORK or village is None:
        return {"kind": AreaKind.NETWORK.value, "id": str(page.id)}
    if reach == AreaKind.MUNICIPALITY:
        return {"kind": reach, "id": str(village.municipality_id)}
    return {"kind": AreaKind.VILLAGE.value, "id": str(village.id)}


def form_of(entry: dict[str, Any]) -> Form:
    """The form with what the registry knows."""
    names = ("kind", "title", "description", "village_id", "fields", "daytimes")
    values = {name: entry[name] for name in names}
    values |= {name: entry[name] or "" for name in ("starts_on", "ends_on")}
    values |= {"weekdays": [str(day) for day in entry["weekdays"]], "wanted": str(entry["wanted"])}
    return Form(values={**values, "reach": entry["area"]["kind"]})
