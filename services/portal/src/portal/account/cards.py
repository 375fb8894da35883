"""What one finds on one's own page and on the staff's: each slice enters its door here, in the order shown."""

from dataclasses import dataclass

from shared.access.grants import Role
from shared.i18n import N_

from portal.sessions.handlers import Viewer


@dataclass(frozen=True)
class Card:
    """A page that the hub leads to. `title` and `text` are msgids; `roles` are those who get in, None is everybody."""

    path: str
    title: str
    text: str
    icon: str
    roles: frozenset[Role] | None = None


_STAFF = frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR})

OWN: tuple[Card, ...] = (
    Card(
        "/konto/mitmachen",
        N_("How I help"),
        N_("Where and when you help voluntarily. Change it, take a break, or stop."),
        "edit",
        frozenset({Role.VOLUNTEER}),
    ),
    Card(
        "/konto/kalender",
        N_("My calendar"),
        N_("Your meetings in the calendar of your phone or computer, by an address of your own."),
        "calendar-today",
    ),
    Card(
        "/konto/einwilligungen",
        N_("What I agree to"),
        N_("Whether you may be contacted, shown by name or written to. Agree or withdraw with one click."),
        "checklist",
    ),
    Card(
        "/konto/daten",
        N_("Download my data"),
        N_("Everything that is stored about you, as one file."),
        "download",
    ),
    Card(
        "/konto/loeschen",
        N_("Erase my data"),
        N_("Your name, your address, your login: everywhere and for good."),
        "delete",
    ),
)
"""On /konto, for everybody who is logged in."""

OFFICE: tuple[Card, ...] = (
    Card(
        "/gebiet",
        N_("Territory"),
        N_("Municipalities, villages and networks: what belongs to what, from when to when."),
        "home",
        _STAFF,
    ),
    Card(
        "/einsatzfelder",
        N_("Fields of activity"),
        N_("What associations do and volunteers like to do: the list of your district."),
        "checklist",
        frozenset({Role.DISTRICT_OFFICER}),
    ),
    Card(
        "/organisationen",
        N_("Associations, companies, other organisations"),
        N_("The whole directory, with drafts, hidden entries and notices of the tax office."),
        "home",
        _STAFF,
    ),
    Card(
        "/unbestaetigt",
        N_("Entries without confirmation"),
        N_("Who has not confirmed their entry for a year, and whom to call."),
        "autorenew",
        _STAFF,
    ),
    Card(
        "/importe",
        N_("Import lists"),
        N_("Bring associations, contact people and volunteers here from Excel, and take it back if need be."),
        "drive-folder-upload",
        _STAFF,
    ),
    Card(
        "/dubletten",
        N_("Entered twice?"),
        N_("Organisations and people that look alike, and what was told apart."),
        "content-copy",
        _STAFF,
    ),
    Card(
        "/listen",
        N_("Lists for Excel"),
        N_("Download associations, contact people, volunteers and more, also for form letters."),
        "download",
        _STAFF,
    ),
    Card(
        "/freiwillige",
        N_("Volunteers"),
        N_("Who wants to help, and who waits for your call."),
        "checklist",
        _STAFF,
    ),
    Card(
        "/personen",
        N_("People and roles"),
        N_("Who is entered, how they are reached, and what they may do here."),
        "account-circle",
        _STAFF,
    ),
    Card(
        "/programme",
        N_("Programs"),
        N_("Other programs that read here, each with an access of its own."),
        "autorenew",
        _STAFF,
    ),
    Card(
        "/protokoll",
        N_("Audit log"),
        N_("Who saw or changed which personal data."),
        "visibility",
        _STAFF,
    ),
    Card(
        "/loeschungen",
        N_("Erasures"),
        N_("That people who asked for it are erased everywhere, and what is still missing."),
        "delete",
        _STAFF,
    ),
    Card(
        "/aufbewahrung",
        N_("Retention"),
        N_("How long data is kept, what was deleted last and will be next."),
        "calendar-today",
        _STAFF,
    ),
    Card(
        "/verarbeitungen",
        N_("Register of processing activities"),
        N_("What Art. 30 GDPR asks for, to read and to print."),
        "draft",
        _STAFF,
    ),
)
"""On /verwaltung, for staff."""


PERSON: tuple[Card, ...] = (
    Card(
        "/loeschen",
        N_("Erase"),
        N_("If the person asks for it: everything about them goes, everywhere."),
        "delete",
    ),
    Card(
        "/einwilligungen",
        N_("Consents"),
        N_("What this person agrees to. Record it for them, or withdraw it."),
        "checklist",
        _STAFF,
    ),
    Card(
        "/fuehrungszeugnis",
        N_("Certificate of conduct"),
        N_("That it was inspected, for work with children and young people."),
        "visibility",
        frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER}),
    ),
    Card(
        "/protokoll",
        N_("Who looked at this?"),
        N_("Who saw or changed the data of this person, and when."),
        "visibility",
    ),
)
"""On the page of a person, for staff; `path` is what comes after /personen/<id>."""


def shown(cards: tuple[Card, ...], viewer: Viewer) -> list[Card]:
    """Those of the cards whose pages let this person in."""
    roles = viewer.principal.roles()
    return [card for card in cards if card.roles is None or card.roles & roles]
