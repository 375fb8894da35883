"""An invented network, told by events as the services tell it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from portal.event_log.consumers import consumer as event_log
from portal.read_model.consumers import consumer as read_model
from shared.contracts import events, registry
from shared.contracts.envelope import D, Event, Exchange, create_event
from sqlalchemy.ext.asyncio import AsyncSession

NETWORK = "heidedoerfer"
_NAMES = UUID("7e0c2d3a-6f0f-4d0e-9a39-0a7c3f3f5e10")
VILLAGES = ("Burgkemnitz", "Gossa", "Gröbern", "Krina", "Plodda", "Rösa", "Schlaitz", "Schmerz", "Schwemsal")
FIELDS = {
    "sport": "Sport und Bewegung",
    "kultur": "Kultur und Musik",
    "umwelt": "Umwelt und Naturschutz",
    "feuerwehr": "Feuerwehr und Rettung",
}
GOALS = (
    "Es gibt ein Netzwerk aus je einem federführenden Verein der neun Heidedörfer.",
    "In jedem Heidedorf arbeiten Vereine und engagierte Menschen unter Federführung des Netzwerkvereins zusammen.",
)
ASSOCIATIONS = {
    "Burgkemnitz": ["Heimatfreunde Burgkemnitz e. V.", "SV Heideblick Burgkemnitz e. V."],
    "Gossa": ["Dorfclub Gossa e. V."],
    "Gröbern": ["Seefreunde Gröbern e. V.", "Förderverein Feuerwehr Gröbern e. V."],
    "Krina": ["Mühlenverein Krina e. V."],
    "Rösa": ["Kulturscheune Rösa e. V."],
    "Schlaitz": ["Auenwacht Schlaitz e. V."],
    "Schwemsal": ["Schwemsaler Sängerkreis e. V."],
}
LEADS = ("Burgkemnitz", "Gossa", "Gröbern", "Krina", "Schlaitz", "Schwemsal")


def id_of(name: str) -> UUID:
    """The same id for the same name in every test."""
    return uuid5(_NAMES, name)


def slug_of(name: str) -> str:
    for german, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", ".": "", " ": "-"}.items():
        name = name.lower().replace(german, plain)
    return name.strip("-")


def organisation(name: str, village: str, *, sequence: int = 1, **facts: Any) -> Event[Any]:
    values: dict[str, Any] = {"kind": registry.OrganisationKind.ASSOCIATION, "legal_form": "e. V.", **facts}
    data_class = registry.OrganisationRegistered if sequence == 1 else registry.OrganisationChanged
    data = data_class(organisation_id=id_of(name), slug=slug_of(name), name=name, village_id=id_of(village), **values)
    return told(data, data.organisation_id, sequence, NETWORK)


def lead(name: str, village: str, *, sequence: int = 2, since: date = date(2024, 3, 1)) -> Event[Any]:
    data = registry.LeadMandateGranted(
        mandate_id=id_of(f"{name} leads"), village_id=id_of(village), organisation_id=id_of(name), starts_on=since
    )
    return told(data, data.village_id, sequence, NETWORK)


def meeting(title: str, *, starts_in: timedelta = timedelta(days=21), **facts: Any) -> events.MeetingFacts:
    start = (datetime.now(UTC) + starts_in).replace(hour=17, minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "kind": events.MeetingKind.NETWORK_MEETING,
        "place": "Dorfgemeinschaftshaus, Lindenstraße 4",
        "village_id": id_of("Gossa"),
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        **facts,
    }
    return events.MeetingFacts(
        meeting_id=id_of(title), network=NETWORK, title=title, calendar_uid=str(id_of(title)), **values
    )


def told(data: D, subject: UUID, sequence: int = 1, network: str | None = None) -> Event[D]:
    return create_event(data, subject=subject, sequence=sequence, network=network)


def territory() -> list[Event[Any]]:
    """A municipality, nine villages, one network."""
    municipality = id_of("Muldestausee")
    network = registry.NetworkFounded(
        network_id=id_of(NETWORK),
        slug=NETWORK,
        name="Heidedörfer Muldestausee",
        programme="Engagiertes Land",
        description="Neun Dörfer rücken wieder näher zusammen. Vereine und engagierte Menschen helfen einander.",
        goals=[registry.NetworkGoal(number=number, text=text) for number, text in enumerate(GOALS, start=1)],
        village_ids=[id_of(name) for name in VILLAGES],
    )
    return [
        told(
            registry.MunicipalityRegistered(
                municipality_id=municipality, ags="15082241", slug="muldestausee", name="Muldestausee"
            ),
            municipality,
        ),
        *(
            told(registry.FieldOfActivityListed(field_id=id_of(slug), slug=slug, name=name), id_of(slug))
            for slug, name in FIELDS.items()
        ),
        *(
            told(
                registry.VillageRegistered(
                    village_id=id_of(name), municipality_id=municipality, slug=slug_of(name), name=name
                ),
                id_of(name),
            )
            for name in VILLAGES
        ),
        told(network, network.network_id, network=NETWORK),
    ]


def everything() -> list[Event[Any]]:
    """A network that has lived for a while."""
    found = territory()
    for village, names in ASSOCIATIONS.items():
        found += [
            organisation(
                name,
                village,
                goals="Wir wollen, dass im Dorf etwas los ist und Jung und Alt sich treffen.",
                strengths="Festzelt, Bänke und Tische zum Ausleihen; ein eingespieltes Team für Feste.",
                fields=["kultur", "umwelt"],
                founded=1994,
                website="https://verein.example/",
            )
            for name in names
        ]
        if village in LEADS:
            found += [lead(names[0], village), _contact(names[0])]
    for number, (company, village) in enumerate(
        {"Tischlerei Ahornhof": "Gossa", "Landbäckerei Kornblume": "Rösa"}.items()
    ):
        kinds = [[registry.SupportKind.MATERIAL, registry.SupportKind.TIME], [registry.SupportKind.MONEY]][number]
        found.append(
            organisation(company, village, kind=registry.OrganisationKind.COMPANY, legal_form="", support_kinds=kinds)
        )
    for number in range(17):
        area = (
            registry.AreaWithRadius(kind=registry.AreaKind.NETWORK, id=id_of(NETWORK))
            if number % 3
            else registry.AreaWithRadius(kind=registry.AreaKind.VILLAGE, id=id_of(VILLAGES[number % 9]))
        )
        chosen = [slug for index, slug in enumerate(FIELDS) if number % (index + 2) == 0] or ["sport"]
        volunteer = id_of(f"volunteer {number}")
        found.append(
            told(registry.VolunteerSignedUp(volunteer_id=volunteer, fields=chosen, areas=[area]), volunteer, 1, NETWORK)
        )
    return [*found, *_meetings()]


def _contact(name: str) -> Event[Any]:
    contact = id_of(f"contact of {name}")
    data = registry.ContactAppointed(contact_id=contact, organisation_id=id_of(name), function="chair")
    return told(data, contact, 1, NETWORK)


def _meetings() -> Iterable[Event[Any]]:
    agenda = [
        events.AgendaItem(position=1, title="Begrüßung und Rückblick", minutes=15),
        events.AgendaItem(position=2, title="Wer hilft beim Heidefest?", minutes=40),
        events.AgendaItem(position=3, title="Verschiedenes"),
    ]
    facts = meeting("Netzwerktreffen im Advent", agenda=agenda, description="Wir planen das kommende Jahr.")
    yield told(events.MeetingPublished(meeting=facts), facts.meeting_id, 2, NETWORK)
    counted = events.RegistrationsCounted(meeting_id=facts.meeting_id, invited=6, accepted=3, declined=1, registered=4)
    yield told(counted, facts.meeting_id, 9, NETWORK)
    for title, days in {
        "Dorf-Werkstatt Rösa": 35,
        "Arbeitseinsatz am Mühlenteich": 49,
        "Auswertung Heidefest": -60,
    }.items():
        other = meeting(title, starts_in=timedelta(days=days), kind=events.MeetingKind.ACTIVITY)
        yield told(events.MeetingPublished(meeting=other), other.meeting_id, 2, NETWORK)


async def tell(session: AsyncSession, told_events: Iterable[Event[Any]], *, log: bool = True) -> None:
    """Let the portal's consumers do their work in the session's transaction."""
    for event in told_events:
        for call in read_model.calls_for(event.type, Exchange.EVENTS):
            await call.function(session, event)
        if log:
            raw = Event[Any].model_validate_json(event.to_bytes())
            for call in event_log.calls_for(event.type, Exchange.EVENTS):
                await call.function(session, raw)
