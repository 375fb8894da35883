"""What the groups of an audience are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.i18n import N_
from sqlalchemy import select

from portal.networks.queries import NetworkPage, fields_of_activity
from portal.people.places import place_names
from portal.read_model.model import Municipality
from portal.web.view import View

ROLES = {
    "leads": N_("Contact persons of the lead associations"),
    "contacts": N_("Contact persons of associations, companies and others"),
    "volunteers": N_("Volunteers who may be asked"),
    "staff": N_("Coordination"),
    "mailing_list": N_("Mailing list"),
}
DISTRICT = N_("Whole district")
STATES = {"open": N_("not answered yet"), "accepted": N_("accepted"), "declined": N_("declined")}


@dataclass(frozen=True)
class Group:
    """One group in words. `new` people of it would be invited now; `released` is since when it is invited."""

    id: str
    title: str
    details: list[str]
    people: int
    new: int
    released: datetime | None


async def describe(view: View, page: NetworkPage, audience: Mapping[str, Any], lists: Mapping[str, str]) -> list[Group]:
    """The groups of an audience as the service tells of them. `lists` are the names of mailing lists by id."""
    groups = audience["groups"]
    ids = [one for group in groups for one in (*group["area_ids"], *group["organisation_ids"])]
    async with view.reading() as session:
        names, fields = await place_names(session, ids), await fields_of_activity(session)
    return [_group(view, page, group, names, fields, lists) for group in groups]


def _group(
    view: View,
    page: NetworkPage,
    group: Mapping[str, Any],
    names: Mapping[str, str],
    fields: Mapping[str, str],
    lists: Mapping[str, str],
) -> Group:
    translate = view.translate.gettext
    title = translate(ROLES[group["role"]])
    details = []
    if group["role"] == "mailing_list":
        title = f"{title}: {lists.get(group['mailing_list_id'], '')}"
    elif group["area"] == "network":
        details.append(page.name)
    elif group["area"] == "district":
        details.append(translate(DISTRICT))
    else:
        details.append(", ".join(sorted(names[one] for one in group["area_ids"] if one in names)))
    details += [", ".join(fields.get(slug, slug) for slug in group["fields"])] if group["fields"] else []
    chosen = sorted(names[one] for one in group["organisation_ids"] if one in names)
    details += [", ".join(chosen)] if chosen else []
    released = datetime.fromisoformat(group["released_at"]) if group["released_at"] else None
    return Group(group["id"], title, details, group["people"], group["new"], released)


async def municipalities(view: View) -> list[tuple[str, str]]:
    """Values and texts of the district's municipalities."""
    found = select(Municipality.municipality_id, Municipality.name).where(Municipality.dissolved_on.is_(None))
    async with view.reading() as session:
        return [(str(key), name) for key, name in await session.execute(found.order_by(Municipality.name))]
