"""The form of an organisation. It asks only what belongs to the kind."""

import re
from dataclasses import dataclass
from typing import Any

from shared.contracts.registry import OrganisationKind

from portal.fields_of_activity.names import FieldNames
from portal.web.forms import Form

TEXTS = ("name", "legal_form", "register_court", "register_number", "goals", "strengths", "potentials")
LISTS = ("fields", "support_kinds", "purposes", "languages", "federations")
NAMES = {"founded_on": "founded", "notice.kind": "notice_kind", "notice.issued_on": "notice_on"}
"""Where a message of the registry stands, if its field is called otherwise there."""

ADDRESSES = {
    "verein": OrganisationKind.ASSOCIATION,
    "unternehmen": OrganisationKind.COMPANY,
    "stelle": OrganisationKind.PUBLIC_BODY,
    "verband": OrganisationKind.FEDERATION,
    "initiative": OrganisationKind.INITIATIVE,
}
"""What kind a form in `?art=…` is for."""

_REGISTERED = {"legal_form", "register_court", "register_number"}
_OF_EVERYBODY = {"name", "goals", "strengths", "potentials", "fields", "founded", "website", "facilities", "languages"}
_OF_MEMBERS = _OF_EVERYBODY | {"members", "federations"}
ASKED: dict[str, set[str]] = {
    OrganisationKind.ASSOCIATION: _OF_MEMBERS | _REGISTERED | {"notice", "purposes"},
    OrganisationKind.FEDERATION: _OF_MEMBERS | _REGISTERED | {"notice", "purposes"},
    OrganisationKind.INITIATIVE: _OF_MEMBERS,
    OrganisationKind.COMPANY: _OF_EVERYBODY - {"potentials"} | _REGISTERED | {"support_kinds", "areas"},
    OrganisationKind.PUBLIC_BODY: _OF_EVERYBODY | {"public_body_kind"},
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")


@dataclass(frozen=True)
class Choices:
    """What the form offers: pairs of a value and its words."""

    fields: FieldNames
    federations: list[tuple[str, str]]
    areas: list[tuple[str, str]]
    villages: list[tuple[str, str]]


def kind_of(form: Form) -> str:
    """The kind that the form is for; an association unless it says something else."""
    kind = form.text("kind")
    return kind if kind in ASKED else OrganisationKind.ASSOCIATION


def body_of(form: Form, *, by_staff: bool = True) -> dict[str, Any]:
    """The request to the registry: what belongs to the kind. Only staff say what kind it is, and who may see it."""
    kind = kind_of(form)
    asked = ASKED[kind]
    body: dict[str, Any] = {name: form.text(name) for name in TEXTS if name in asked}
    body |= {name: form.texts(name) for name in LISTS if name in asked}
    body |= {**_founded(form.text("founded")), "website": _website(form)}
    body["facilities"] = _lines(form.text("facilities"))
    if "members" in asked:
        body["members"] = form.number("members")
    if "notice" in asked:
        body["notice"] = _notice(form)
    if "areas" in asked:
        pairs = [value.partition(":") for value in form.texts("areas")]
        body["areas"] = [{"kind": kind, "id": place} for kind, _, place in pairs]
    if by_staff:
        body |= {"kind": kind, "public_body_kind": form.optional("public_body_kind")}
        body["publication"] = form.text("publication") or "published"
        if kind != OrganisationKind.COMPANY:
            body["support_kinds"] = []
        if kind != OrganisationKind.PUBLIC_BODY:
            body["public_body_kind"] = None
    return body


def form_of(entry: dict[str, Any], version: str) -> Form:
    """The form with what the registry knows."""
    values = {name: entry[name] for name in (*TEXTS, *LISTS, "kind", "village_id", "publication")}
    notice = entry["notice"] or {"kind": "", "issued_on": ""}
    values |= {
        "founded": _german(entry["founded_on"]) or str(entry["founded"] or ""),
        "website": entry["website"] or "",
        "members": "" if entry["members"] is None else str(entry["members"]),
        "public_body_kind": entry["public_body_kind"] or "",
        "notice_kind": notice["kind"],
        "notice_on": notice["issued_on"],
        "facilities": "\n".join(entry["facilities"]),
        "areas": [f"{area['kind']}:{area['id']}" for area in entry["areas"]],
        "_version": version,
    }
    return Form(values=values)


def _founded(text: str) -> dict[str, Any]:
    """A year, or a day as people write it. Anything else goes as it is, so that the registry says what is wrong."""
    if day := _GERMAN_DAY.fullmatch(text):
        return {"founded": None, "founded_on": f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"}
    return {"founded": int(text) if text.isdecimal() and text.isascii() else text or None, "founded_on": None}


def _german(day: str | None) -> str:
    return ".".join(part.lstrip("0") for part in reversed(day.split("-"))) if day else ""


def _website(form: Form) -> str | None:
    """A web address without scheme gets one, as people write them."""
    website = form.optional("website")
    return f"https://{website}" if website and "://" not in website else website


def _notice(form: Form) -> dict[str, str] | None:
    kind, issued_on = form.text("notice_kind"), form.text("notice_on")
    return {"kind": kind, "issued_on": issued_on} if kind or issued_on else None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
