"""The proof of an erasure as a document: who has confirmed when, with the signed receipts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.dates import format_moment
from shared.i18n import N_, Translator

from portal.documents import render

SERVICES = {
    "registry": N_("Directory of people and associations"),
    "events": N_("Meetings"),
    "notifications": N_("Messages"),
    "portal": N_("Web pages"),
}
ORIGINS = {
    "person": N_("by the person"),
    "office": N_("by the office"),
    "retention": N_("by itself, when the time for which data is kept was over"),
}
LINE = 100  # letters of a receipt that fit into a line


def shown_number(number: str) -> str:
    """In two groups, as it is read aloud."""
    return f"{number[:5]}-{number[5:]}"


async def make_proof(proof: Mapping[str, Any], translate: Translator, site: str) -> bytes:
    """A PDF of the registry's answer. It names no person."""
    _ = translate.gettext
    origin = ORIGINS[proof["origin"]]
    completed = _moment(proof["completed_at"]) or _(N_("not complete yet"))
    return await render(
        "proof",
        {
            "title": _(N_("Proof of erasure")),
            "footer": f"{site} · {shown_number(proof['number'])}",
            "intro": _(N_(
                "All parts of the platform that hold personal data were asked to erase everything about one person. "
                "Each part confirms it with a receipt that it has signed electronically. This proof names no person."
            )),
            "facts": [
                [_(N_("Number")), shown_number(proof["number"])],
                [_(N_("Requested")), _moment(proof["requested_at"])],
                [_(N_("Asked for")), _(origin)],
                [_(N_("Complete")), completed],
                [_(N_("Identifier that was erased")), proof["subject"]],
            ],
            "services": [_service(each, translate) for each in proof["confirmations"]],
            "receipt_label": _(N_("Signed receipt (JWS, Ed25519)")),
            "how_to_check": _(N_(
                "To check the receipts by computer, download the proof as a file (JSON): it holds the receipts and the "
                "public keys."
            )),
        },
    )  # fmt: skip


def _service(confirmation: Mapping[str, Any], translate: Translator) -> dict[str, Any]:
    when = _moment(confirmation["confirmed_at"]) or translate.gettext(N_("has not confirmed yet"))
    receipt = confirmation["receipt"] or ""
    lines = [receipt[start : start + LINE] for start in range(0, len(receipt), LINE)]
    service: str = confirmation["service"]
    title = SERVICES.get(service, service)
    return {
        "title": translate.gettext(title),
        "facts": [[translate.gettext(N_("Confirmed")), when]],
        "receipt": lines or "",
    }


def _moment(text: str | None) -> str:
    return format_moment(datetime.fromisoformat(text)) if text else ""
