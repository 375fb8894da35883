"""What slices declare: the columns of a list of associations and of one of volunteers."""

from registry.spreadsheets import kinds
from registry.spreadsheets.choices import choice, choices
from registry.spreadsheets.columns import Column, Layout
from registry.spreadsheets.problems import WrongCell
from shared.i18n import N_

FIELDS = {"sport": "Sport und Bewegung", "culture": "Kultur und Musik", "rescue": "Feuerwehr und Rettungsdienste"}
VILLAGES = {"gossa": "Gossa", "groebern": "Gröbern", "krina": "Krina"}


def in_the_district(ags: str) -> None:
    if not ags.startswith("15082"):
        raise WrongCell("foreign_ags", N_("The AGS of a municipality in this district begins with {ags}."), ags="15082")


ASSOCIATIONS = Layout(
    (
        Column("name", "Name", kinds.LINE, required=True, also_called=("Verein", "Vereinsname", "Name des Vereins")),
        Column("village", "Ortsteil", choice(VILLAGES), required=True, also_called=("Ort",)),
        Column("ags", "Gemeindeschlüssel", kinds.AGS, also_called=("AGS",), check=in_the_district),
        Column("postcode", "Postleitzahl", kinds.POSTCODE, also_called=("PLZ",)),
        Column("register_court", "Registergericht", kinds.LINE, also_called=("Amtsgericht",)),
        Column("register_number", "Registernummer", kinds.REGISTER_NUMBER, also_called=("VR-Nummer", "Register-Nr.")),
        Column("founded", "Gegründet", kinds.YEAR, also_called=("Gründungsjahr",)),
        Column("notice_on", "Freistellungsbescheid vom", kinds.DAY),
        Column("members", "Mitglieder", kinds.ABOUT, also_called=("Anzahl Mitglieder",)),
        Column("goals", "Ziele", kinds.PROSE),
        Column("fields", "Einsatzfelder", choices(FIELDS), also_called=("Tätigkeitsfelder",)),
        Column("email", "E-Mail", kinds.EMAIL, also_called=("Mail", "E-Mail-Adresse")),
        Column("phone", "Telefon", kinds.PHONE, also_called=("Tel.", "Telefonnummer")),
        Column("website", "Internetseite", kinds.WEB_ADDRESS, also_called=("Homepage", "Website")),
    ),
    unique=(("register_court", "register_number"), ("name", "village")),
)

VOLUNTEERS = Layout(
    (
        Column("name", "Name", kinds.LINE, required=True),
        Column("email", "E-Mail", kinds.EMAIL),
        Column("phone", "Telefon", kinds.PHONE),
        Column("fields", "Einsatzfelder", choices(FIELDS)),
        Column("consent_on", "Einwilligung vom", kinds.DAY, required=True),
        Column("regular", "regelmäßig", kinds.YES_NO),
        Column("note", "Bemerkung", kinds.PROSE),
    ),
    unique=(("email",),),
)
