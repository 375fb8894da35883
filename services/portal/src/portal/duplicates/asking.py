"""Whoever enters an organisation or a person is shown first what is likely the same."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.i18n import N_

from portal.web.forms import Form
from portal.web.services import Problem, Refused
from portal.web.view import STAFF, View

LIKELY = "_likely"
"""In a form: entries that are likely the same; sent back, that somebody has looked at them."""
ENTERED = N_("This may be entered already. Please look first.")

Same = Callable[[dict[str, Any]], bool]
"""Whether a likely entry is the very same: the registry deals with those itself."""


async def ask_whether_new(view: View, form: Form, kind: str, told: Mapping[str, Any], same: Same) -> None:
    """Raise `Refused` with what is likely the same in the form; it is sent again by whoever knows better.

    `kind` is the registry's name of the entries, `told` what it compares; what is empty is left out. Also raises
    `Unavailable`.
    """
    if form.text(LIKELY):
        return
    known = {name: value for name, value in told.items() if value}
    try:
        found = await view.services.registry.send("POST", f"/duplicates/{kind}/check", known, token=await view.token())
    except Refused:
        return  # what is wrong with it, entering it says better
    if likely := [one for one in found["items"] if not same(one)]:
        form.values[LIKELY] = likely
        raise Refused(Problem(409, "likely_entered", view.translate.gettext(ENTERED)))


async def ask_whether_new_person(view: View, form: Form, villages: list[str] | None = None) -> None:
    """The same for the name and the addresses of a form about a person; only staff may know who is entered.

    `villages` are the ids of those where they help or speak for somebody.
    """
    if view.viewer is None or not view.viewer.principal.roles() & set(STAFF):
        return
    told = {**{name: form.text(name) for name in ("name", "email", "phone")}, "village_ids": villages}

    def same(one: dict[str, Any]) -> bool:
        address = "email" if told["email"] else "phone"
        return str(one["entry"]["name"]).casefold() == form.text("name").casefold() and address in one["reasons"]

    await ask_whether_new(view, form, "persons", told, same)
