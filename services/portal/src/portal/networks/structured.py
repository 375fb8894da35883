"""schema.org descriptions (JSON-LD) of networks, organisations and meetings, for search engines."""

import json
from typing import Any

from markupsafe import Markup
from shared.contracts.events import Attendance
from shared.contracts.registry import OrganisationKind
from shared.dates import in_berlin

from portal.meetings.queries import MeetingPage
from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard
from portal.settings import PortalSettings

CONTEXT = "https://schema.org"
_ATTENDANCE = {
    Attendance.ON_SITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}
_TYPES = {OrganisationKind.COMPANY: "LocalBusiness", OrganisationKind.PUBLIC_BODY: "GovernmentOrganization"}


def network(page: NetworkPage, settings: PortalSettings) -> Markup:
    """The network as an Organization."""
    return _script(
        {
            "@type": "Organization",
            "name": page.name,
            "description": page.description,
            "url": f"{_base(settings)}/n/{page.slug}",
            "areaServed": [{"@type": "Place", "name": village.name} for village in page.villages],
        }
    )


def organisation(page: NetworkPage, village: VillageCard, card: OrganisationCard, settings: PortalSettings) -> Markup:
    """One association, company or body."""
    kind = OrganisationKind(card.kind)
    return _script(
        {
            "@type": _TYPES.get(kind, "NGO" if kind is OrganisationKind.ASSOCIATION else "Organization"),
            "name": card.name,
            "description": card.goals,
            "url": f"{_base(settings)}/n/{page.slug}/organisationen/{card.slug}",
            "sameAs": card.website,
            "foundingDate": str(card.founded_on or card.founded or "") or None,
            "knowsLanguage": card.languages,
            "keywords": [page.fields.get(slug, slug) for slug in card.fields],
            "location": {"@type": "Place", "name": village.name},
            "memberOf": {"@type": "Organization", "name": page.name, "url": f"{_base(settings)}/n/{page.slug}"},
        }
    )


def meeting(page: NetworkPage, shown: MeetingPage, settings: PortalSettings) -> Markup:
    """A public meeting as an Event. The address of an online meeting is not for search engines: they get the page's."""
    card = shown.card
    status = "EventCancelled" if card.cancelled else "EventScheduled"
    url = f"{_base(settings)}/n/{page.slug}/treffen/{card.id}"
    places: list[dict[str, Any]] = []
    if card.attendance != Attendance.ONLINE:
        places.append({"@type": "Place", "name": card.place, "address": card.village or card.place})
    if card.online:
        places.append({"@type": "VirtualLocation", "url": url})
    holder = {"@type": "Organization", "name": page.name, "url": f"{_base(settings)}/n/{page.slug}"}
    if card.taken_over_from:
        holder = {"@type": "Organization", "name": card.taken_over_from}
    others = [
        {"@type": "Organization", "name": one.name, "url": one.path and _base(settings) + one.path}
        for one in shown.organisers
    ]
    return _script(
        {
            "@type": "Event",
            "name": card.title,
            "description": shown.description,
            "startDate": in_berlin(card.starts_at).isoformat(),
            "endDate": in_berlin(card.ends_at).isoformat(),
            "eventStatus": f"{CONTEXT}/{status}",
            "eventAttendanceMode": f"{CONTEXT}/{_ATTENDANCE[Attendance(card.attendance)]}",
            "location": places if len(places) > 1 else places[0],
            "maximumAttendeeCapacity": shown.capacity,
            "organizer": [holder, *others] if others else holder,
            "url": url,
        }
    )


def _base(settings: PortalSettings) -> str:
    return settings.public_url.rstrip("/")


def _script(thing: dict[str, Any]) -> Markup:
    """The element. `<` is written as an escape of JSON, so that no text can end the element."""
    filled = {name: value for name, value in thing.items() if value not in (None, "", [])}
    text = json.dumps({"@context": CONTEXT, **filled}, ensure_ascii=False)
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(safe))  # noqa: S704 - escaped above
