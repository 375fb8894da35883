"""The first line of a letter."""

import re
from enum import StrEnum

from shared.i18n import N_, Translator

DEAR_MS = N_("Dear Ms {name},")
DEAR_MR = N_("Dear Mr {name},")
DEAR_PERSON = N_("Hello {name},")
DEAR_ALL = N_("Dear Sir or Madam,")

_TITLES = re.compile(r"(Prof\.?|Professor(?:in)?|Dr\.?|Doktor)\s+", re.IGNORECASE)
_FURTHER = re.compile(
    r"(h\.\s?c\.|med\.|vet\.|dent\.|jur\.|phil\.|rer\.|nat\.|pol\.|agr\.|oec\.|-?Ing\.|mult\.)\s*", re.IGNORECASE
)
_OTHERS = re.compile(r"(Dipl\.\s?-?\s?[\w.()-]+|Mag\.|M\.\s?A\.|B\.\s?A\.|B\.\s?Sc\.|M\.\s?Sc\.)\s+")
_PARTICLES = frozenset(
    [
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "van",
        "de",
        "der",
        "den",
        "dem",
        "del",
        "della",
        "di",
        "da",
        "du",
        "le",
        "la",
        "ten",
        "ter",
        "und",
    ]
)


class FormOfAddress(StrEnum):
    MS = "ms"
    MR = "mr"


def salutation(name: str | None, form: FormOfAddress | None, translate: Translator) -> str:
    """`Sehr geehrte Frau Dr. von der Heide,`; without a known form of address `Guten Tag Kim Heide,`.

    The form is never guessed from the first name. Without a name: `Sehr geehrte Damen und Herren,`.
    """
    title, given, surname = parts_of_name(name or "")
    if not surname:
        return translate.gettext(DEAR_ALL)
    if form is None:
        return translate.format(DEAR_PERSON, {"name": " ".join(filter(None, (title, given, surname)))})
    message = DEAR_MS if form is FormOfAddress.MS else DEAR_MR
    return translate.format(message, {"name": f"{title} {surname}".strip()})


def parts_of_name(name: str) -> tuple[str, str, str]:
    """Title (the highest of Prof. and Dr., which alone is used in salutations), first names and surname.

    `von der` and the like belong to the surname; a surname may also stand first, with a comma behind it.
    """
    rest, titles = " ".join(name.split()), ""
    while found := _TITLES.match(rest) or _FURTHER.match(rest) or _OTHERS.match(rest):
        titles += found[0].lower()
        rest = rest[found.end() :]
    title = "Prof." if "prof" in titles else "Dr." if re.search(r"\bd(r|oktor)", titles) else ""
    if "," in rest:
        surname, _, given = (part.strip() for part in rest.partition(","))
        if given:
            inner_title, given, last = parts_of_name(given)
            return title or inner_title, " ".join(filter(None, (given, last))), surname
        rest = surname
    words = rest.split()
    start = max(len(words) - 1, 0)
    while start > 0 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return title, " ".join(words[:start]), " ".join(words[start:])
