"""The directory in full: federations and others, what entries say beside their first words, who spoke for them."""

from datetime import date
from typing import Any

from standalone.demo.example_people import read_data

ASKED = "Heideblick Burgkemnitz"
"""Who is asked by mail whether the entry still holds."""


def further_entries() -> list[dict[str, Any]]:
    """Organisations of all kinds, federations first: others are their members."""
    entries: list[dict[str, Any]] = read_data("directory")["entries"]
    return entries


def full(entry: dict[str, Any], began_on: date) -> dict[str, Any]:
    """The entry with everything else that is known; its days count from `began_on`."""
    item = {**entry, **read_data("directory")["facts"].get(entry["name"], {})}
    if notice := item.get("notice"):
        issued_on = _years_before(began_on, notice["years_ago"])
        item["notice"] = {"kind": notice["kind"], "issued_on": issued_on.isoformat()}
    if months := item.pop("confirmed_months_ago", None):
        item["confirmed_on"] = _months_before(began_on, months).isoformat()
    return item


def contacts(began_on: date) -> list[dict[str, Any]]:
    """Appointments with the person to enter; of those that are over `ends_on` is a day."""
    found = []
    for contact in read_data("directory")["contacts"]:
        item = {name: contact[name] for name in ("association", "function", "starts_on") if name in contact}
        item["person"] = {name: contact[name] for name in ("name", "email", "phone") if name in contact}
        if years := contact.get("years_ago"):
            item["ends_on"] = _years_before(began_on, years).isoformat()
        found.append(item)
    return found


def _years_before(day: date, years: int) -> date:
    return _months_before(day, 12 * years)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))
