"""The parts of two entries of an organisation: which differ, and which value is the fuller one."""

from typing import Any

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "kind": ("kind", "public_body_kind"),
    "village": ("village_id",),
    "publication": ("publication",),
    "legal_form": ("legal_form",),
    "register": ("register_court", "register_number"),
    "notice": ("notice",),
    "purposes": ("purposes",),
    "goals": ("goals",),
    "strengths": ("strengths",),
    "potentials": ("potentials",),
    "support_kinds": ("support_kinds",),
    "founded": ("founded", "founded_on"),
    "members": ("members",),
    "facilities": ("facilities",),
    "languages": ("languages",),
    "website": ("website",),
}
"""The registry's parts, and the fields of an entry that make them."""
ASKED = tuple(FIELDS)
_ONE_OF_SEVERAL = {"name", "kind", "village"}  # neither value is fuller: that of the entry that stays


def differing(gone: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """What is asked about. An entry that was public is no draft any more: that is not asked."""
    return [
        part
        for part in ASKED
        if _values(part, gone) != _values(part, kept) and (part != "publication" or gone["publication"] != "draft")
    ]


def fuller(part: str, gone: dict[str, Any], kept: dict[str, Any]) -> str:
    """Whose value is proposed: `gone` or `kept`."""
    if part == "publication":
        return "gone" if gone["publication"] == "published" else "kept"
    if part in _ONE_OF_SEVERAL:
        return "kept"
    return "gone" if _weight(part, gone) > _weight(part, kept) else "kept"


def _values(part: str, entry: dict[str, Any]) -> list[Any]:
    return [entry[name] for name in FIELDS[part]]


def _weight(part: str, entry: dict[str, Any]) -> tuple[int, int]:
    """How many of the fields say something, and how much text or how many things they hold."""
    said = [value for value in _values(part, entry) if value not in (None, "", [])]
    return len(said), sum(len(value) for value in said if isinstance(value, str | list))
