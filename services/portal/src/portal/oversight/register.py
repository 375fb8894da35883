"""The register of processing activities (Art. 30 GDPR), put together from all services and the portal itself."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from shared.retention.register import MEASURES, TRANSFER
from shared.retention.routes import activities_of

from portal.retention import RULES
from portal.web.view import View

ENDPOINT = "/processing-activities"


@dataclass
class Entry:
    """One activity with the classes of data of all services, each once."""

    slug: str
    name: str
    purpose: str
    legal_basis: str
    classes: list[dict[str, Any]] = field(default_factory=list)

    def different(self, what: str) -> list[str]:
        """The different values of a property of the classes, in their order."""
        return list(dict.fromkeys(str(one[what]) for one in self.classes))


@dataclass(frozen=True)
class Register:
    """What the page shows besides the controller, who stands in the settings."""

    entries: list[Entry]
    transfer: str = TRANSFER
    measures: tuple[str, ...] = MEASURES


async def read_register(view: View) -> Register:
    """Ask every service for its part. Raises `Unavailable`: a register with a gap would be wrong."""
    return Register(await _read_entries(view, ENDPOINT, await view.token()))


async def read_periods(view: View) -> list[Entry]:
    """The same without what is for officers alone, for everybody to read. Raises `Unavailable`."""
    return await _read_entries(view, "/retention-periods")


async def _read_entries(view: View, path: str, token: str | None = None) -> list[Entry]:
    services = view.services.registry, view.services.events, view.services.notifications
    answers = await asyncio.gather(*(service.get(path, token=token) for service in services))
    found = [activity.model_dump() for activity in activities_of(RULES)]
    found += [activity for answer in answers for activity in answer["activities"]]
    entries: dict[str, Entry] = {}
    for activity in found:
        plain = {name: activity[name] for name in ("slug", "name", "purpose", "legal_basis")}
        entry = entries.setdefault(activity["slug"], Entry(**plain))
        known = set(entry.different("name"))
        entry.classes += [one for one in activity["classes"] if one["name"] not in known]
    return sorted(entries.values(), key=lambda entry: entry.name)
