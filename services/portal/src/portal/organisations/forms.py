"""The form of an organisation."""

from typing import Any

from shared.contracts.registry import OrganisationKind

from portal.web.forms import Form

# What people may choose; who fills in the form for a federation or a public body chooses the same way.
KINDS = tuple(OrganisationKind)
TEXTS = ("name", "legal_form", "register_court", "register_number", "goals", "strengths")


def body_of(form: Form) -> dict[str, Any]:
    """The request to the registry. A web address without scheme gets one, as people write them."""
    website = form.optional("website")
    if website and "://" not in website:
        website = f"https://{website}"
    kind = form.text("kind")
    return {
        **{name: form.text(name) for name in TEXTS},
        "kind": kind,
        "fields": form.texts("fields"),
        "support_kinds": form.texts("support_kinds") if kind == OrganisationKind.COMPANY else [],
        "founded": form.number("founded"),
        "website": website,
    }


def form_of(entry: dict[str, Any], version: str) -> Form:
    """The form with what the registry knows."""
    values = {name: entry[name] for name in (*TEXTS, "kind", "fields", "support_kinds", "village_id")}
    values |= {"founded": str(entry["founded"] or ""), "website": entry["website"] or "", "_version": version}
    return Form(values=values)
