"""The question whether an entry still holds, as a letter with a slip to send back, for those without a mailbox."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.contracts.registry import LANGUAGE_NAMES
from shared.dates import format_date
from shared.i18n import N_, Translator

from portal.documents import render
from portal.organisations.queries import Home
from portal.web.dates import today


async def write_letter(
    entry: Mapping[str, Any], home: Home | None, fields: Mapping[str, str], translate: Translator, sender: str
) -> bytes:
    """A PDF of one page: the registry's entry, and boxes to tick. The postal address is written by hand."""
    _ = translate.gettext
    where = [home.village, home.municipality] if home else []
    return await render(
        "question",
        {
            "title": _(N_("Does the entry still hold?")),
            "footer": sender,
            "sender": sender,
            "address": [entry["name"], *dict.fromkeys(where)],
            "day": format_date(today()),
            "salutation": _(N_("Dear Sir or Madam,")),
            "intro": _(N_(
                "your organisation stands in the public directory of our villages. Once a year we ask whether the "
                "entry still holds. This is what others read about you:"
            )),
            "facts": _facts(entry, fields, translate),
            "request": _(N_(
                "Please tick below and send us this part, or call us. If somebody else speaks for you now, please name "
                "them, and an email address if there is one."
            )),
            "slip": _(N_("Answer")),
            "subject": ", ".join([entry["name"], *where[:1]]),
            "choices": [
                _(N_("Yes, everything still holds.")),
                _(N_("No. We have written the changes into the entry above.")),
                _(N_("Our organisation does not exist any more.")),
            ],
            "signature": _(N_("Date, name, function")),
        },
    )  # fmt: skip


def _facts(entry: Mapping[str, Any], fields: Mapping[str, str], translate: Translator) -> list[list[str]]:
    _ = translate.gettext
    founded = format_date(date.fromisoformat(entry["founded_on"])) if entry["founded_on"] else entry["founded"]
    register = " ".join(filter(None, (entry["register_court"], entry["register_number"])))
    told = [
        (_(N_("What we want")), entry["goals"]),
        (_(N_("What we can do")), entry["strengths"]),
        (_(N_("Fields of activity")), ", ".join(fields.get(slug, slug) for slug in entry["fields"])),
        (_(N_("Founded")), founded),
        (_(N_("Members (about)")), entry["members"]),
        (_(N_("Rooms and places")), ", ".join(entry["facilities"])),
        (_(N_("Languages")), ", ".join(LANGUAGE_NAMES[code] for code in entry["languages"])),
        (_(N_("Legal form")), entry["legal_form"]),
        (_(N_("Entry in the register")), register),
        (_(N_("Website")), entry["website"]),
    ]
    return [[name, str(value)] for name, value in told if value not in (None, "")]
