"""The columns of each kind of list: what they are called here and elsewhere, and how their cells are read."""

import re
from datetime import date
from typing import Any

from shared.contracts.registry import (
    CHANNEL_NAMES,
    DAYTIME_NAMES,
    LANGUAGE_NAMES,
    RHYTHM_NAMES,
    SKILL_NAMES,
    NoticeKind,
)
from shared.contracts.registry.purposes import PURPOSE_WORDING
from shared.i18n import N_
from shared.sheets.cells import Cell

from registry.clock import today
from registry.imports import options
from registry.imports.model import ListKind
from registry.imports.times import TIMES
from registry.imports.vocabulary import Vocabulary
from registry.spreadsheets import kinds
from registry.spreadsheets.choices import choice, choices, several
from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.kinds import Kind
from registry.spreadsheets.problems import WrongCell
from registry.volunteers.model import UnknownWhereabouts
from registry.volunteers.radius import MOST_KM

_LONGEST_NAME, _SHORTEST_NAME, _LONGEST_PERSON = 200, 2, 120
_AROUND = re.compile(r"(\d{1,3})\s*km\s+(?:rund\s+)?um\s+(.+)", re.IGNORECASE)
PERSON_NAME = Kind(kinds.text(_LONGEST_PERSON), formulas_matter=True, width=26)


def _past(value: date) -> None:
    if value > today():
        raise WrongCell("future", N_("“{value}” is in the future."))


def _past_year(value: int) -> None:
    if value > today().year:
        raise WrongCell("future", N_("“{value}” is in the future."))


def _not_negative(value: int) -> None:
    if not 0 <= value <= 10_000_000:
        raise WrongCell("number_range", N_("“{value}” cannot be a number of members."))


def _hours(value: int) -> None:
    if not 1 <= value <= 200:
        raise WrongCell("number_range", N_("“{value}” is not a number of hours from 1 to 200."))


def _long_enough(value: str) -> None:
    if len(value) < _SHORTEST_NAME:
        raise WrongCell("too_short", N_("“{value}” is too short for a name."))


def _agreed(value: bool) -> None:
    if value is not True:
        raise WrongCell("consent_needed", N_("Without consent nobody may be entered as a volunteer."))


def _areas(vocabulary: Vocabulary) -> Kind:
    """`Gossa; Krina`, `Heidedörfer`, `Landkreis`, `15 km um Gossa`: kind, id and kilometres of each."""

    def read(cell: Cell) -> Any:
        name = str(cell)
        around = _AROUND.fullmatch(name)
        kind, key = vocabulary.area(around[2] if around else name)
        if around is None:
            return kind.value, str(key), None
        village, km = vocabulary.villages.get(key), int(around[1])
        if village is None or not 1 <= km <= MOST_KM:
            raise WrongCell("radius", N_("“{value}” is not 1 to {most} kilometres around a village."), most=MOST_KM)
        if village.latitude is None:
            raise WrongCell(UnknownWhereabouts.code, UnknownWhereabouts.message, village=village.name)
        return kind.value, str(key), km

    return several(Kind(read))


def _one_area(vocabulary: Vocabulary) -> Kind:
    """`Gossa`, `Netzwerk Heidedörfer`, `Landkreis`: kind and id."""

    def read(cell: Cell) -> Any:
        kind, key = vocabulary.area(str(cell))
        return kind.value, str(key)

    return Kind(read)


def _how_many(value: int) -> None:
    if not 1 <= value <= 1_000:
        raise WrongCell("number_range", N_("“{value}” is not a number from 1 to 1000."))


def layout_of(kind: ListKind, vocabulary: Vocabulary) -> Layout:
    """The columns of a kind of list, in the order of the template."""
    if kind is ListKind.ORGANISATIONS:
        return Layout(tuple(_organisations(vocabulary)), unique=(("register_court", "register_number"),))
    if kind is ListKind.CONTACTS:
        return Layout(tuple(_contacts()))
    if kind is ListKind.HELP:
        return Layout(tuple(_help(vocabulary)))
    return Layout(tuple(_volunteers(vocabulary)), unique=(("name", "email"), ("name", "phone")))


def _place_columns(header: str, *also: str) -> list[Column]:
    return [
        Column(
            "village", header, kinds.LINE, required=True, also_called=("Ort", "Ortsteil", "Dorf", "Ortschaft", *also)
        ),
        Column("municipality", "Gemeinde", kinds.LINE, also_called=("Stadt", "Kommune", "Stadt oder Gemeinde")),
        Column("ags", "AGS", kinds.AGS, also_called=("Gemeindeschlüssel", "Amtlicher Gemeindeschlüssel")),
    ]


def _fields(vocabulary: Vocabulary, header: str, *also: str, required: bool = False) -> Column:
    named = choices({one.slug: one.name for one in vocabulary.nameable_fields})
    return Column("fields", header, named, required=required, also_called=("Bereich", "Bereiche", "Sparte", *also))


def _organisations(vocabulary: Vocabulary) -> list[Column]:
    named = Kind(kinds.text(_LONGEST_NAME), formulas_matter=True, width=40)
    return [
        Column(
            "name",
            "Name",
            named,
            required=True,
            also_called=(
                "Verein",
                "Vereinsname",
                "Name des Vereins",
                "Organisation",
                "Bezeichnung",
                "Firma",
                "Firmenname",
            ),
        ),
        *_place_columns("Ort", "Sitz", "Vereinssitz"),
        Column(
            "kind",
            "Art",
            choice(options.ORGANISATION_KINDS, options.OTHER_KINDS),
            also_called=("Art der Organisation", "Typ"),
        ),
        Column("public_body_kind", "Art der öffentlichen Stelle", choice(options.PUBLIC_BODIES)),
        Column("legal_form", "Rechtsform", kinds.LINE),
        Column("register_court", "Registergericht", kinds.LINE, also_called=("Amtsgericht", "Gericht")),
        Column(
            "register_number",
            "Registernummer",
            kinds.REGISTER_NUMBER,
            also_called=("Vereinsregister", "VR", "VR-Nr.", "Vereinsregisternummer", "Register-Nr."),
        ),
        Column(
            "notice_kind", "Bescheid des Finanzamts", choice(options.NOTICES, {"Freistellung": NoticeKind.EXEMPTION})
        ),
        Column(
            "notice_on",
            "Bescheid vom",
            kinds.DAY,
            also_called=("Datum Freistellungsbescheid", "Datum des Bescheids", "Freistellungsbescheid vom"),
            check=_past,
        ),
        Column(
            "purposes",
            "Steuerbegünstigte Zwecke",
            choices({purpose: text for purpose, (_, text) in PURPOSE_WORDING.items()}),
        ),
        _fields(vocabulary, "Tätigkeitsfelder", "Tätigkeitsfeld", "Einsatzfelder", "Engagementfelder"),
        Column("areas", "Einsatzgebiete", _areas(vocabulary), also_called=("Wirkungskreis", "Einzugsgebiet")),
        Column("goals", "Ziele", kinds.PROSE, also_called=("Vereinszweck", "Zweck", "Beschreibung")),
        Column("strengths", "Stärken", kinds.PROSE),
        Column("potentials", "Potenziale", kinds.PROSE, also_called=("Potentiale",)),
        Column(
            "support_kinds", "Unterstützung", choices(options.SUPPORT_KINDS), also_called=("Art der Unterstützung",)
        ),
        Column("founded", "Gründungsjahr", kinds.YEAR, also_called=("Gegründet",), check=_past_year),
        Column("founded_on", "Gründungstag", kinds.DAY, also_called=("Gründungsdatum", "Gegründet am"), check=_past),
        Column(
            "members",
            "Mitglieder",
            kinds.ABOUT,
            also_called=("Mitgliederzahl", "Anzahl Mitglieder"),
            check=_not_negative,
        ),
        Column("facilities", "Einrichtungen", several(kinds.LINE), also_called=("Räume und Anlagen",)),
        Column("languages", "Sprachen", choices(LANGUAGE_NAMES)),
        Column("federations", "Verbände", _federations(vocabulary), also_called=("Mitglied in", "Dachverband")),
        Column(
            "website", "Internet", kinds.WEB_ADDRESS, also_called=("Internetseite", "Website", "Webseite", "Homepage")
        ),
        Column(
            "publication",
            "Veröffentlichung",
            choice(options.PUBLICATIONS, options.OTHER_PUBLICATIONS),
            also_called=("Öffentlich",),
        ),
        *_person_columns(
            "contact_", "Ansprechperson", "Ansprechpartner", "Ansprechpartnerin", "Vorsitzender", "Vorsitz"
        ),
    ]


def _federations(vocabulary: Vocabulary) -> Kind:
    return several(Kind(lambda cell: str(vocabulary.federation(str(cell)))))


def _person_columns(prefix: str, header: str, *also: str, required: bool = False) -> list[Column]:
    functions = choice(options.FUNCTIONS, options.OTHER_FUNCTIONS)
    return [
        Column(f"{prefix}name", header, PERSON_NAME, required=required, also_called=also, check=_long_enough),
        Column(f"{prefix}function", "Funktion", functions, also_called=("Amt", "Rolle", "Aufgabe")),
        Column(f"{prefix}email", "E-Mail", kinds.EMAIL, also_called=("Mail", "E-Mail-Adresse", "Email", "Mailadresse")),
        Column(
            f"{prefix}phone",
            "Telefon",
            kinds.PHONE,
            also_called=("Telefonnummer", "Tel.", "Handy", "Mobil", "Rufnummer", "Festnetz"),
        ),
    ]


def _contacts() -> list[Column]:
    return [
        *_person_columns("", "Name", "Person", "Vor- und Nachname", "Ansprechpartner", "Vorsitzender", required=True),
        Column(
            "organisation",
            "Verein",
            kinds.LINE,
            required=True,
            also_called=("Organisation", "Name des Vereins", "Vereinsname", "Firma"),
        ),
        *(_optional(column) for column in _place_columns("Ort", "Sitz", "Vereinssitz")),
        Column("starts_on", "Seit", kinds.DAY, also_called=("Im Amt seit", "Beginn", "Von")),
        Column("ends_on", "Bis", kinds.DAY, also_called=("Im Amt bis", "Ende")),
    ]


def _optional(column: Column) -> Column:
    return Column(column.name, column.header, column.kind, also_called=column.also_called)


def _volunteers(vocabulary: Vocabulary) -> list[Column]:
    name, _, email, phone = _person_columns("", "Name", "Person", "Vor- und Nachname", "Freiwillige", required=True)
    return [
        name,
        email,
        phone,
        _fields(vocabulary, "Einsatzfelder", "Einsatzfeld", "Tätigkeitsfelder", "Interessen", required=True),
        Column(
            "areas",
            "Einsatzgebiete",
            _areas(vocabulary),
            required=True,
            also_called=("Einsatzgebiet", "Einsatzort", "Einsatzorte", "Ort", "Wo", "Gebiet"),
        ),
        Column(
            "given_on",
            "Einwilligung vom",
            kinds.DAY,
            required=True,
            also_called=("Einwilligung", "Datum der Einwilligung", "Einwilligung auf Papier vom", "Unterschrieben am"),
            check=_past,
        ),
        *_consents(),
        Column("birth_date", "Geburtsdatum", kinds.DAY, also_called=("geboren", "geb.", "Geburtstag"), check=_past),
        Column("guardian", "Sorgeberechtigte Person", PERSON_NAME, also_called=("Eltern", "Sorgeberechtigte")),
        Column("times", "Freie Zeiten", TIMES, also_called=("Verfügbarkeit", "Zeiten", "Wann")),
        *_week(),
        Column(
            "rhythm", "Wie oft", choice(RHYTHM_NAMES, options.OTHER_RHYTHMS), also_called=("Rhythmus", "Häufigkeit")
        ),
        Column(
            "hours_per_month",
            "Stunden im Monat",
            kinds.ABOUT,
            also_called=("Stunden pro Monat", "Stunden"),
            check=_hours,
        ),
        Column("available_from", "Verfügbar ab", kinds.DAY, also_called=("Ab wann",)),
        Column("available_until", "Verfügbar bis", kinds.DAY, also_called=("Bis wann",)),
        Column("skills", "Fähigkeiten", choices(SKILL_NAMES), also_called=("Kenntnisse",)),
        Column(
            "own_skills", "Weitere Fähigkeiten", several(Kind(kinds.text(60))), also_called=("Sonstige Kenntnisse",)
        ),
        Column("languages", "Sprachen", choices(LANGUAGE_NAMES)),
        Column("preferred_channel", "Erreichbar per", choice(CHANNEL_NAMES, {"Mail": "email", "Post": "letter"})),
        Column("best_time", "Beste Zeit", kinds.LINE, also_called=("Am besten erreichbar",)),
        Column("street", "Straße", kinds.LINE, also_called=("Straße und Hausnummer", "Anschrift", "Adresse")),
        Column("postcode", "Postleitzahl", kinds.POSTCODE, also_called=("PLZ",)),
        Column("town", "Wohnort", kinds.LINE),
    ]


def _help(vocabulary: Vocabulary) -> list[Column]:
    title = Kind(kinds.text(_LONGEST_NAME), formulas_matter=True, width=40)
    place = _place_columns("Ort", "Einsatzort", "Wo")
    return [
        Column(
            "side",
            "Art",
            choice(options.SIDES, options.OTHER_SIDES),
            required=True,
            also_called=("Gesuch oder Angebot", "Bedarf oder Angebot"),
        ),
        Column("title", "Titel", title, required=True, also_called=("Überschrift", "Kurz gesagt"), check=_long_enough),
        Column(
            "organisation",
            "Organisation",
            kinds.LINE,
            required=True,
            also_called=("Verein", "Name des Vereins", "Vereinsname", "Firma", "Wer"),
        ),
        Column(
            "kind",
            "Was",
            choice(options.HELP_KINDS, options.OTHER_HELP_KINDS),
            required=True,
            also_called=("Was wird gebraucht", "Wovon"),
        ),
        *(_optional(column) for column in place),
        Column("area", "Reicht bis", _one_area(vocabulary), also_called=("Einsatzgebiet", "Gilt für")),
        _fields(vocabulary, "Tätigkeitsfelder", "Tätigkeitsfeld", "Einsatzfelder"),
        Column("description", "Beschreibung", kinds.PROSE, also_called=("Erläuterung", "Bemerkung")),
        Column("starts_on", "Von", kinds.DAY, also_called=("Ab", "Ab wann", "Beginn")),
        Column("ends_on", "Bis", kinds.DAY, also_called=("Bis wann", "Ende")),
        *_week(),
        Column("wanted", "Anzahl", kinds.ABOUT, also_called=("Wie viele", "Menge"), check=_how_many),
        Column("state", "Stand", choice(options.HELP_STATES), also_called=("Status",)),
    ]


def _week() -> list[Column]:
    days = choices(options.WEEKDAYS, options.OTHER_WEEKDAYS)
    parts = choices(DAYTIME_NAMES, options.OTHER_DAYTIMES)
    return [
        Column("weekdays", "Wochentage", days, also_called=("Wochentag", "Tage")),
        Column("daytimes", "Tageszeiten", parts, also_called=("Tageszeit", "Uhrzeit")),
    ]


def _consents() -> list[Column]:
    """Each for itself; the date stands for the first of them, which is needed."""
    return [
        Column("contact", "Kontakt erlaubt", kinds.YES_NO, also_called=("Einwilligung Kontakt",), check=_agreed),
        Column("publication", "Name darf gezeigt werden", kinds.YES_NO, also_called=("Einwilligung Veröffentlichung",)),
        Column("sharing", "Weitergabe an andere Gemeinden", kinds.YES_NO, also_called=("Einwilligung Weitergabe",)),
        Column("newsletter", "Rundbrief", kinds.YES_NO, also_called=("Newsletter",)),
        Column("photos", "Fotos", kinds.YES_NO, also_called=("Einwilligung Fotos",)),
    ]
