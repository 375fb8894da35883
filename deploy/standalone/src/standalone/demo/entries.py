"""The entries of the demo's network, in the order in which one needs another."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.access.grants import Role

from standalone.demo import directory, volunteers
from standalone.demo.api import Api
from standalone.demo.attendance import count_attendance, note_past, open_door, village_of_today
from standalone.demo.audiences import address, count_audiences, keep_lists
from standalone.demo.example_people import example_people, read_data
from standalone.demo.minutes import History, count_history
from standalone.demo.registrations import count_registrations, register_people
from standalone.demo.series import count_series, enter_series

_BERLIN = ZoneInfo("Europe/Berlin")
_REGISTRY, _EVENTS = "/api/registry", "/api/events"
_NETWORK = "network:heidedoerfer"
_OF_A_MEETING = ("kind", "title", "description", "place", "online_link", "visibility", "capacity", "agenda")


class Entries:
    """Enters everything. `began_on` is the day that relative dates count from."""

    def __init__(self, api: Api, began_on: date) -> None:
        self._api = api
        self._began_on = began_on
        self._ids: dict[str, str] = {}  # by "village:Gröbern" and the like
        self._versions: dict[str, str] = {}  # of the consents' texts, by purpose

    async def enter(self) -> None:
        """Raises `standalone.demo.api.Refused` when a service does not take an entry."""
        await self._territory()
        await self._organisations()
        await self._people()
        await self._help()
        await self._meetings()

    async def _add(self, path: str, key: str, item: dict[str, Any]) -> str:
        answer = await self._api.add(f"{_REGISTRY}{path}", item, name=key)
        self._ids[key] = str(answer["id"])
        return self._ids[key]

    async def _territory(self) -> None:
        data = read_data("territory")
        await self._add("/districts", "district", data["district"])
        for municipality in data["municipalities"]:
            villages, places = municipality.pop("villages", ()), municipality.pop("places", {})
            belongs_to = await self._add("/municipalities", f"municipality:{municipality['name']}", municipality)
            for village in villages:
                latitude, longitude = places.get(village, (None, None))
                item = {"municipality_id": belongs_to, "name": village, "latitude": latitude, "longitude": longitude}
                await self._add("/villages", f"village:{village}", item)
        network = data["network"]
        covered = [self._ids[f"village:{village}"] for village in network["villages"]]
        del network["villages"]
        await self._add("/networks", _NETWORK, {**network, "village_ids": covered})

    async def _organisations(self) -> None:
        data = read_data("organisations")
        for entry in directory.further_entries():
            await self._organisation(entry)
        for association in data["associations"]:
            lead, weeks = association.pop("lead", False), association.pop("leads_for_weeks", None)
            organisation = await self._organisation({"kind": "association", "legal_form": "e. V.", **association})
            if lead:
                await self._lead(association["village"], organisation, weeks)
        for company in data["companies"]:
            company["support_kinds"] = company.pop("support")
            await self._organisation({"kind": "company", "areas": [self._area(_NETWORK)], **company})
        for village in read_data("territory")["network"]["villages"]:
            council = {"kind": "public_body", "name": f"Ortschaftsrat {village}", "fields": ["politik"]}
            council["public_body_kind"] = "village_council"
            await self._organisation({**council, "village": village})

    async def _organisation(self, entry: dict[str, Any]) -> str:
        village = f"village:{entry['village']}"
        item = {"areas": [self._area(village)], **directory.full(entry, self._began_on)}
        item["village_id"] = self._ids[f"village:{item.pop('village')}"]
        item["federations"] = [self._ids[f"association:{name}"] for name in item.get("federations", ())]
        return await self._add("/organisations", f"association:{entry['name']}", item)

    async def _lead(self, village: str, organisation: str, weeks: int | None) -> None:
        """Until further notice, or for so many weeks more."""
        item = {
            "village_id": self._ids[f"village:{village}"],
            "organisation_id": organisation,
            "starts_on": date(self._began_on.year - 1, 1, 1).isoformat(),
            "until": (self._began_on + timedelta(weeks=weeks)).isoformat() if weeks else None,
        }
        await self._add("/lead-mandates", f"lead:{village}", item)

    def _area(self, key: str) -> dict[str, str]:
        return {"kind": key.partition(":")[0], "id": self._ids[key]}

    async def _people(self) -> None:
        data = read_data("people")
        for contact in data["contacts"]:
            organisation = self._ids[f"association:{contact['association']}"]
            item = {
                "organisation_id": organisation,
                "person_id": await self._person(contact["name"], contact["email"]),
                "function": contact["function"],
            }
            await self._add("/contacts", f"contact:{contact['association']}:{contact['name']}", item)
        for appointed in directory.contacts(self._began_on):
            association = appointed.pop("association")
            item = {**appointed, "organisation_id": self._ids[f"association:{association}"]}
            await self._add("/contacts", f"contact:{association}:{item['person']['name']}", item)
        asked = f"{_REGISTRY}/organisations/{self._ids[f'association:{directory.ASKED}']}/confirmation-requests"
        await self._api.add(asked, {}, name="confirmation request")
        await self._publish(data["contacts"])
        await self._network()
        for volunteer in data["volunteers"]:
            await self._volunteer(volunteer)
        for example in example_people():
            if example.role in (Role.VOLUNTEER, Role.DISTRICT_OFFICER):
                continue  # they have their grants from signing up, and from the beginning
            person = await self._person(example.name, example.email)
            item = {"person_id": person, "role": example.role.value, "scope_id": self._ids[example.scope]}
            await self._add("/grants", f"grant:{example.key}", item)

    async def _network(self) -> None:
        """Who speaks for the network, and a village that is going to join it."""
        data = read_data("territory")
        for speaker in data["speakers"]:
            item = {
                "network_id": self._ids[_NETWORK],
                "person_id": await self._person(speaker["name"], speaker["email"]),
                "function": speaker["function"],
            }
            await self._add("/network-contacts", f"speaker:{speaker['name']}", item)
        await self._publish(data["speakers"])
        for joining in data["joining"]:
            starts_on = self._began_on + timedelta(weeks=joining["in_weeks"])
            item = {"network_id": self._ids[_NETWORK], "village_id": self._ids[f"village:{joining['village']}"]}
            await self._add("/coverage", f"joining:{joining['village']}", {**item, "starts_on": starts_on.isoformat()})

    async def _help(self) -> None:
        """What associations and companies need and offer."""
        for entry in read_data("help")["entries"]:
            organisation = self._ids[f"association:{entry.pop('association')}"]
            reach, weeks = entry.pop("reach", None), entry.pop("in_weeks", None)
            item = {
                "organisation_id": organisation,
                **entry,
                **({"area": self._area(reach)} if reach else {}),
                **({"ends_on": (self._began_on + timedelta(weeks=weeks)).isoformat()} if weeks else {}),
            }
            await self._api.add(f"{_REGISTRY}/help-entries", item, name=f"help:{entry['title']}")

    async def _publish(self, contacts: list[dict[str, Any]]) -> None:
        """Those whose name stands on the public pages: they agreed to it on paper."""
        for contact in contacts:
            if contact.get("published"):
                person = await self._person(contact["name"], contact["email"])
                item = {**(await self._agreed("publication")), "channel": "paper", "given_on": self._signed_on}
                name = f"publication:{contact['name']}"
                await self._api.add(f"{_REGISTRY}/persons/{person}/consents", item, name=name)

    async def _volunteer(self, volunteer: dict[str, Any]) -> None:
        """Somebody who signed a form at the village festival; `agrees` names what they agree to besides."""
        purposes = ["contact", *volunteer.get("agrees", ())]
        item = {
            **volunteers.offer(volunteer, [self._area(area) for area in volunteer["areas"]]),
            "consents": [await self._agreed(purpose) for purpose in purposes],
            "channel": "paper",
            "given_on": self._signed_on,
        }
        entered = await self._api.add(f"{_REGISTRY}/volunteers", item, name=f"volunteer:{volunteer['name']}")
        if until := volunteers.pause(volunteer, self._began_on):
            path = f"{_REGISTRY}/volunteers/{entered['id']}/pause"
            await self._api.add(path, until, name=f"pause:{volunteer['name']}")

    @property
    def _signed_on(self) -> str:
        return (self._began_on - timedelta(days=30)).isoformat()

    async def _agreed(self, purpose: str) -> dict[str, str]:
        """The purpose with the version of the words that hold now."""
        if not self._versions:
            texts = await self._api.get(f"{_REGISTRY}/consent-texts")
            self._versions = {text["purpose"]: text["version"] for text in texts["items"]}
        return {"purpose": purpose, "text_version": self._versions[purpose]}

    async def _person(self, name: str, email: str) -> str:
        key = f"person:{name}"
        return self._ids.get(key) or await self._add("/persons", key, {"name": name, "email": email})

    async def _meetings(self) -> None:
        history = History(self._api, self._ids, self._meeting, self._began_on)
        await history.enter()
        await keep_lists(self._api, self._ids, _NETWORK.partition(":")[2])
        for meeting in read_data("meetings")["meetings"]:
            item = self._meeting(**meeting)
            # The registry's events may still be on their way to the other service.
            waiting = ("unknown_network", "unknown_village", "unknown_organisation")
            draft = await self._api.add(f"{_EVENTS}/meetings", item, name=meeting["title"], wait_for=waiting)
            await address(self._api, self._ids, meeting, draft["id"])
            await self._api.add(f"{_EVENTS}/meetings/{draft['id']}/publication", {}, name=meeting["title"])
            await register_people(self._api, meeting["title"], draft["id"])
            await note_past(self._api, meeting["title"], draft["id"])
        await enter_series(self._api, self._meeting, history.meetings)
        village = self._ids[f"village:{village_of_today()}"]
        await open_door(self._api, _NETWORK.partition(":")[2], village, self._began_on)

    def _meeting(self, *, time: Any, minutes: int, village: str | None = None, **more: Any) -> dict[str, Any]:
        starts_at = datetime.combine(self._day(more), time, tzinfo=_BERLIN)
        known = {name: more[name] for name in _OF_A_MEETING if name in more}
        organisers = [self._ids[f"association:{name}"] for name in more.get("organisations", ())]
        return {
            "network": _NETWORK.partition(":")[2],
            **known,
            "organisation_ids": organisers,
            **({"village_id": self._ids[f"village:{village}"]} if village else {}),
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(minutes=minutes)).isoformat(),
        }

    def _day(self, meeting: dict[str, Any]) -> date:
        """A date that is known, or a weekday (1 is Monday) some weeks from the week of the first start."""
        if "on" in meeting:
            return date.fromisoformat(str(meeting["on"]))
        monday = self._began_on - timedelta(days=self._began_on.weekday())
        return monday + timedelta(weeks=meeting["weeks"], days=meeting["weekday"] - 1)


def count_entries() -> int:
    """How many calls `Entries.enter` makes."""
    territory, organisations, people = read_data("territory"), read_data("organisations"), read_data("people")
    leads = [association for association in organisations["associations"] if association.get("lead")]
    given = [person for person in example_people() if person.role not in (Role.VOLUNTEER, Role.DISTRICT_OFFICER)]
    speakers = territory["speakers"]
    named = [*people["contacts"], *speakers]
    persons = {one["name"] for one in named} | {person.name for person in given}
    return (
        2  # the district and the network
        + sum(1 + len(municipality.get("villages", ())) for municipality in territory["municipalities"])
        + len(organisations["associations"]) + len(leads) + len(organisations["companies"])
        + len(territory["network"]["villages"])  # a council each
        + 1  # one organisation is asked whether its entry holds
        + len(directory.further_entries()) + len(read_data("directory")["contacts"])
        + len(persons) + len(people["contacts"]) + len(people["volunteers"]) + len(given) + volunteers.count_pauses()
        + sum(1 for one in named if one.get("published")) + len(speakers) + len(territory["joining"])
        + len(read_data("help")["entries"])
        + 2 * len(read_data("meetings")["meetings"]) + count_history() + count_registrations() + count_series()
        + count_attendance() + count_audiences()
    )  # fmt: skip
