"""Choosing who is responsible: an association, one of its contacts, or oneself."""

from typing import Any

from shared.i18n import N_

from portal.minutes.people import People
from portal.web.forms import Form
from portal.web.view import View

NAMES = {"responsible": "responsible"}


def options(view: View, people: People) -> list[tuple[str, str]]:
    """Values and texts of a select field: oneself, then each association with its contacts."""
    chosen = [(f"person_id:{view.holder.principal.id}", view.translate.gettext(N_("I myself")))]
    for organisation_id, name in sorted(people.organisations.items(), key=lambda one: one[1].casefold()):
        chosen.append((f"organisation_id:{organisation_id}", name))
        theirs = [mark for mark, function in people.functions.items() if function.endswith(f"({name})")]
        chosen += [(f"contact_id:{mark[9:-1]}", f"– {_called(people, mark, name)}") for mark in theirs]
    return chosen


def _called(people: People, mark: str, organisation: str) -> str:
    function = people.functions[mark].removesuffix(f" ({organisation})")
    return f"{people.names[mark]}, {function}" if mark in people.names else function


def responsible(form: Form) -> dict[str, str]:
    """What was chosen, as the service wants it."""
    name, _, value = form.text("responsible").partition(":")
    return {name: value} if value else {}


def chosen(who: dict[str, Any]) -> str:
    """The value of the select field for a responsible of the service."""
    for name in ("contact_id", "person_id", "organisation_id"):
        if who[name]:
            return f"{name}:{who[name]}"
    return ""
