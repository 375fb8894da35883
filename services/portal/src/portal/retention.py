"""How long the portal keeps what."""

from shared.retention import Period, Removing, Rule
from shared.retention.activities import ACCESS, CONTACTS, VOLUNTEERS
from shared.retention.common import ERASURE_RULES, MESSAGING_RULES, WITHOUT_PERSONS
from shared.web.rate_limits import rate_limit

from portal.read_model.model import Contact, Volunteer
from portal.sessions.model import PendingLogin, Session

RULES = (
    Rule(
        slug="sessions",
        name="Offene Anmeldungen im Browser",
        activity=ACCESS,
        data="Kennung der Person, Rechte, Art des Browsers, Zeit der letzten Nutzung",
        subjects="Menschen mit Konto",
        recipients="die Person selbst",
        since="nach dem Ende der Anmeldung",
        period=Period(days=1),
        removal=Removing(Session, lambda before: Session.ends_at < before),
    ),
    Rule(
        slug="pending-logins",
        name="Begonnene Anmeldungen mit Dienstkonto",
        activity=ACCESS,
        data="Prüfsummen, keine Angaben über Personen",
        subjects="Hauptamtlich Zuständige",
        recipients="niemand außerhalb der Plattform",
        since="nach dem Abbruch der Anmeldung",
        period=Period(days=1),
        removal=Removing(PendingLogin, lambda before: PendingLogin.ends_at < before),
    ),
    Rule(
        slug="rate-limits",
        name="Zähler gegen Missbrauch",
        activity=ACCESS,
        data="Prüfsummen von Internet-Adressen, Anzahl der Versuche",
        subjects="Alle, die sich mit Dienstkonto anmelden wollen",
        recipients="niemand außerhalb der Plattform",
        since="nach dem Ende der Zählung",
        period=Period(days=1),
        removal=Removing(rate_limit, lambda before: rate_limit.c.ends_at < before),
    ),
    Rule(
        slug="published-contacts",
        name="Besetzte Funktionen der Vereine",
        activity=CONTACTS,
        data="Welche Funktion ein Verein besetzt hat; Kennungen, keine Namen",
        subjects="Ansprechpersonen der Vereine",
        recipients="Öffentlichkeit: nur die Funktion",
        since="bis die Person gelöscht wird",
        tables=(Contact.__tablename__,),
    ),
    Rule(
        slug="published-volunteers",
        name="Einsatzfelder und Einsatzgebiete",
        activity=VOLUNTEERS,
        data="Felder und Gebiete eines Profils; Kennungen, keine Namen",
        subjects="Freiwillige",
        recipients="Öffentlichkeit: nur Anzahlen",
        since="bis zum Widerruf der Einwilligung oder bis die Person gelöscht wird",
        tables=(Volunteer.__tablename__,),
    ),
    *ERASURE_RULES,
    *MESSAGING_RULES,
)

_PUBLIC = "öffentliche Angaben über Orte, Netzwerke und Vereine"
EXEMPT = {
    **WITHOUT_PERSONS,
    "event_entry": "öffentliche Ereignisse: Kennungen, keine Namen oder Adressen",
    "field_of_activity": _PUBLIC,
    "help_entry": _PUBLIC,
    "lead_mandate": _PUBLIC,
    "meeting": "öffentliche Angaben über Treffen",
    "meeting_count": "Anzahlen",
    "municipality": _PUBLIC,
    "network": _PUBLIC,
    "notice": "Zustellung einer Benachrichtigung, ohne wem sie galt",
    "organisation": _PUBLIC,
    "merged_organisation": _PUBLIC,
    "published_minutes": "Protokolle in der Fassung ohne Namen",
    "revision": "ein Zähler",
    "village": _PUBLIC,
}
