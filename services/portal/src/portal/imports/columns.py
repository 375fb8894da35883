"""The form in which people say what a sheet holds and which of its columns is which.

People look at their own columns and say what each is; the registry wants to know for each of its columns where it is.
"""

from typing import Any

from shared.i18n import N_, Translator

from portal.web.forms import Form
from portal.web.services import Problem

TWICE = N_("You have chosen this for two columns. Please choose one of them.")


def form_of(imported: dict[str, Any]) -> Form:
    """The form as the registry has it."""
    values: dict[str, Any] = {}
    for part in imported["parts"]:
        number = part["number"]
        values[f"kind-{number}"] = part["kind"] or ""
        values[f"header-{number}"] = str(part["header_row"])
        for name, letter in part["mapping"].items():
            values[f"column-{number}-{letter}"] = name
        for name, text in part["constants"].items():
            values[f"all-{number}-{name}"] = text
    return Form(values=values)


def told_of(form: Form, part: dict[str, Any], translate: Translator) -> dict[str, Any]:
    """What the form says of one sheet, as the registry takes it. Who changes the kind gets new suggestions."""
    number = part["number"]
    kind, header = form.optional(f"kind-{number}"), form.number(f"header-{number}")
    told: dict[str, Any] = {"kind": kind, "header_row": header or part["header_row"]}
    if kind != part["kind"] or told["header_row"] != part["header_row"]:
        return told
    mapping: dict[str, str] = {}
    for title in part["titles"]:
        field = f"column-{number}-{title['letter']}"
        name = form.text(field)
        if name and name in mapping:
            form.refuse(field, translate.gettext(TWICE))
        elif name:
            mapping[name] = title["letter"]
    names = [column["name"] for column in part["columns"]]
    constants = {name: text for name in names if (text := form.text(f"all-{number}-{name}"))}
    return {**told, "mapping": mapping, "constants": constants}


def take(form: Form, problem: Problem, part: dict[str, Any]) -> Form:
    """Show the registry's answer beside the fields of one sheet."""
    number = part["number"]
    names = {"header_row": f"header-{number}", "kind": f"kind-{number}"}
    names |= {f"constants.{column['name']}": f"all-{number}-{column['name']}" for column in part["columns"]}
    return form.take(problem, names)
