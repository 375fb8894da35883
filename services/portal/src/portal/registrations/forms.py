"""What somebody types to register, and what a planner asks them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from portal.web.forms import Form

NEW_ROWS = 2  # empty rows for more questions


@dataclass
class Asked:
    """A question as a form shows it; `field` is the name of its input."""

    field: str
    title: str
    choices: list[tuple[str, str]]
    required: bool


def questions_of(asked: Mapping[str, Any]) -> list[Asked]:
    """The questions of a meeting's registration form, as the service describes it."""
    return [
        Asked(f"frage-{one['id']}", one["title"], [(choice, choice) for choice in one["choices"]], one["required"])
        for one in asked["questions"]
    ]


def coming(form: Form, questions: list[Asked]) -> dict[str, Any]:
    """The part of a body that everybody sends who registers."""
    answers = {one.field.removeprefix("frage-"): form.text(one.field) for one in questions if form.text(one.field)}
    people = form.number("people")
    return {"people": 1 if people is None else people, "answers": answers, "needs": form.text("needs")}


def questions_form(asked: Mapping[str, Any]) -> Form:
    """The planner's form with what is asked now."""
    values: dict[str, Any] = {"confirm_hours": str(asked["confirm_hours"]), "version": str(asked["version"])}
    rows = [*asked["questions"], *({"id": "", "title": "", "choices": [], "required": False},) * NEW_ROWS]
    for number, one in enumerate(rows):
        values[f"id-{number}"] = one["id"] or ""
        values[f"title-{number}"] = one["title"]
        values[f"choices-{number}"] = "\n".join(one["choices"])
        values[f"required-{number}"] = "1" if one["required"] else ""
    return Form({**values, "rows": str(len(rows))})


def questions_sent(data: FormData) -> tuple[Form, dict[str, Any]]:
    """What a planner typed, and the body for the service; rows without a title are left out."""
    form = Form.sent(data)
    rows = range(min(int(form.text("rows")) if form.text("rows").isdecimal() else 0, 20))
    questions = [
        {
            "id": form.optional(f"id-{row}"),
            "title": form.text(f"title-{row}"),
            "choices": [line.strip() for line in form.text(f"choices-{row}").splitlines() if line.strip()],
            "required": bool(form.text(f"required-{row}")),
        }
        for row in rows
        if form.text(f"title-{row}")
    ]
    hours = form.number("confirm_hours")
    return form, {"questions": questions, "confirm_hours": hours, "version": form.number("version")}
