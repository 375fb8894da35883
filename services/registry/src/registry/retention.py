"""How long the registry keeps what."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Role
from shared.contracts.registry import ConsentPurpose
from shared.retention import Emptying, Period, Removing, Rule
from shared.retention.activities import ACCESS, CONSENTS, CONTACTS, RIGHTS, VOLUNTEERS
from shared.retention.common import AUDIT_RULES, ERASURE_RULES, MESSAGING_RULES, WITHOUT_PERSONS
from shared.retention.removals import Moment
from shared.web.rate_limits import rate_limit
from sqlalchemy import ColumnElement, Date, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.access.model import AccessGrant
from registry.address_changes.model import AddressChange
from registry.api_clients.model import ApiClient
from registry.certificates.model import KEPT_MONTHS, Certificate
from registry.consents.model import Consent, GuardianLink, UnsubscribeLink
from registry.erasures.handlers import request_erasure
from registry.erasures.model import Erasure, Origin, ReceiptRow
from registry.freshness.model import ConfirmationLink
from registry.imports.model import ImportChunk, ImportEntry, ImportPart, ImportRow, ImportState, ListImport
from registry.logins.model import ExternalIdentity, LoginCode, LoginSession, RefreshToken, UsedIdToken
from registry.mutual_help.model import HelpRequest, HelpRequestLink
from registry.network_contacts.model import NetworkContact
from registry.people.model import Contact, Person
from registry.search.model import search_posting, search_typo, search_word
from registry.sign_ups.model import SignUp
from registry.volunteers.model import Volunteer, VolunteerArea, volunteer_field

_NOBODY = "niemand außerhalb der Plattform"
_STAFF = "Zuständige von Gemeinde, Netzwerk und Landkreis für ihren Bereich"


@dataclass(frozen=True)
class _Erasing:
    """Somebody without any role is forgotten by every service, by the same erasure that people ask for themselves."""

    tables: tuple[str, ...] = (Person.__tablename__,)

    def describe(self) -> str:
        return "erasure of persons without a contact, a grant or a profile as a volunteer"

    async def count(self, session: AsyncSession, before: Moment) -> int:
        return int(await session.scalar(select(func.count()).select_from(Person).where(_has_no_role(before))) or 0)

    async def remove(self, session: AsyncSession, before: Moment, limit: int) -> int:
        found = (await session.scalars(select(Person).where(_has_no_role(before)).limit(limit))).all()
        for person in found:
            await request_erasure(session, person, Origin.RETENTION)
        return len(found)


def _has_no_role(before: Moment) -> ColumnElement[bool]:
    """Neither now nor since `before`, and entered longer ago than that. Being allowed to see oneself is no role."""
    day = cast(before, Date)
    contact = sa.exists().where(Contact.person_id == Person.id, or_(Contact.until.is_(None), Contact.until >= day))
    grant = sa.exists().where(
        AccessGrant.person_id == Person.id,
        AccessGrant.role != Role.VOLUNTEER,
        or_(AccessGrant.ended_at.is_(None), AccessGrant.ended_at >= before),
        or_(AccessGrant.ends_on.is_(None), AccessGrant.ends_on >= day),
    )
    speaker = sa.exists().where(
        NetworkContact.person_id == Person.id, or_(NetworkContact.until.is_(None), NetworkContact.until >= day)
    )
    volunteer = sa.exists().where(Volunteer.person_id == Person.id)
    consent = sa.exists().where(
        Consent.person_id == Person.id, or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= before)
    )
    return sa.and_(Person.created_at < before, ~contact, ~speaker, ~grant, ~volunteer, ~consent)


def _not_asked(person_id: InstrumentedAttribute[UUID], before: Moment) -> ColumnElement[bool]:
    """The person agreed to be contacted once, but neither now nor since `before`."""
    asked = Consent.person_id == person_id, Consent.purpose == ConsentPurpose.CONTACT
    since = or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= before)
    return sa.exists().where(*asked) & ~sa.exists().where(*asked, since)


def _of_ended_activity(before: Moment) -> ColumnElement[bool]:
    """Noted by the office, or, where the office forgot it, clear: somebody who is not asked any more does nothing."""
    return or_(Certificate.activity_ended_on < cast(before, Date), _not_asked(Certificate.person_id, before))


def _of_grown_up(before: Moment) -> ColumnElement[bool]:
    """The person has no date of birth any more, or is 16."""
    sixteen = Person.birth_date + func.make_interval(16)
    child = sa.exists().where(Person.id == GuardianLink.person_id, sixteen > before)
    return ~child


_NOT_WRITTEN = (ImportState.UPLOADED, ImportState.CHECKED)


def _of_import(import_id: InstrumentedAttribute[UUID], over: ColumnElement[bool]) -> ColumnElement[bool]:
    return import_id.in_(select(ListImport.id).where(over))


RULES = (
    Rule(
        slug="persons",
        name="Menschen mit einer Aufgabe",
        activity=CONTACTS,
        data="Name, E-Mail-Adresse, Telefonnummer",
        subjects="Ansprechpersonen, Freiwillige, Zuständige",
        recipients=_STAFF,
        since="nach dem Ende der letzten Aufgabe",
        period=Period(years=1),
        removal=_Erasing(),
    ),
    Rule(
        slug="contacts",
        name="Funktionen in Vereinen",
        activity=CONTACTS,
        data="Wer welche Funktion in welchem Verein von wann bis wann hatte",
        subjects="Ansprechpersonen der Vereine",
        recipients=_STAFF,
        since="nach dem Ende der Funktion",
        period=Period(years=3),
        removal=Removing(Contact, lambda before: Contact.until < cast(before, Date)),
    ),
    Rule(
        slug="confirmation-links",
        name="Links zum Bestätigen von Einträgen",
        activity=CONTACTS,
        data="Prüfsumme des Links, wem er geschickt wurde",
        subjects="Ansprechpersonen der Vereine",
        recipients=_NOBODY,
        since="nach dem Ablauf (90 Tage nach der E-Mail); ein benutzter Link sofort",
        period=Period(days=1),
        removal=Removing(ConfirmationLink, lambda before: ConfirmationLink.expires_at < before),
    ),
    Rule(
        slug="network-contacts",
        name="Funktionen in Netzwerken",
        activity=CONTACTS,
        data="Wer welche Funktion in welchem Netzwerk von wann bis wann hatte",
        subjects="Ansprechpersonen der Netzwerke",
        recipients=_STAFF,
        since="nach dem Ende der Funktion",
        period=Period(years=3),
        removal=Removing(NetworkContact, lambda before: NetworkContact.until < cast(before, Date)),
    ),
    Rule(
        slug="grants",
        name="Berechtigungen",
        activity=ACCESS,
        data="Wer welche Rolle wo hatte, von wann bis wann, von wem gegeben",
        subjects="Menschen mit Konto",
        recipients=_STAFF,
        since="nach dem Ende der Berechtigung",
        period=Period(years=3),
        removal=Removing(
            AccessGrant,
            lambda before: or_(AccessGrant.ended_at < before, AccessGrant.ends_on < cast(before, Date)),
        ),
    ),
    Rule(
        slug="login-codes",
        name="Anmelde-Links",
        activity=ACCESS,
        data="Prüfsumme des Links, wessen er ist, wann er benutzt wurde",
        subjects="Menschen mit Konto",
        recipients=_NOBODY,
        since="nach dem Ablauf (15 Minuten nach der Anforderung)",
        period=Period(days=1),
        removal=Removing(LoginCode, lambda before: LoginCode.expires_at < before),
    ),
    Rule(
        slug="address-changes",
        name="Neue E-Mail-Adressen, die niemand bestätigt hat",
        activity=ACCESS,
        data="Die neue Adresse, wer sie eingegeben hat, Prüfsumme des Links",
        subjects="Menschen mit Konto",
        recipients=_NOBODY,
        since="nach dem Ablauf (24 Stunden nach der Eingabe)",
        period=Period(days=1),
        removal=Removing(AddressChange, lambda before: AddressChange.expires_at < before),
    ),
    Rule(
        slug="login-sessions",
        name="Anmeldungen",
        activity=ACCESS,
        data="Wer wann angemeldet war; Prüfsummen der Schlüssel",
        subjects="Menschen mit Konto",
        recipients=_NOBODY,
        since="nach dem Ende der Anmeldung (höchstens 12 Stunden)",
        period=Period(days=1),
        removal=Removing(
            LoginSession, lambda before: LoginSession.expires_at < before, with_them=(RefreshToken.__tablename__,)
        ),
    ),
    Rule(
        slug="used-id-tokens",
        name="Benutzte Anmeldungen mit Dienstkonto",
        activity=ACCESS,
        data="Prüfsummen, keine Angaben über Personen",
        subjects="Hauptamtlich Zuständige",
        recipients=_NOBODY,
        since="nach dem Ablauf",
        period=Period(days=1),
        removal=Removing(UsedIdToken, lambda before: UsedIdToken.expires_at < before),
    ),
    Rule(
        slug="external-identities",
        name="Verbindung mit dem Dienstkonto",
        activity=ACCESS,
        data="Die Kennung, die der Anmeldedienst der Verwaltung einer Person gibt",
        subjects="Hauptamtlich Zuständige",
        recipients=_NOBODY,
        since="bis die Person gelöscht wird",
        tables=(ExternalIdentity.__tablename__,),
    ),
    Rule(
        slug="rate-limits",
        name="Zähler gegen Missbrauch",
        activity=ACCESS,
        data="Prüfsummen von E-Mail- und Internet-Adressen und Telefonnummern, Anzahl der Versuche",
        subjects="Alle, die sich anmelden oder als Freiwillige eintragen",
        recipients=_NOBODY,
        since="nach dem Ende der Zählung",
        period=Period(days=1),
        removal=Removing(rate_limit, lambda before: rate_limit.c.ends_at < before),
    ),
    Rule(
        slug="api-clients",
        name="Zugänge von anderen Systemen",
        activity=ACCESS,
        data="Name des Systems, Rechte, Prüfsumme des Schlüssels, wer den Zugang angelegt hat",
        subjects="Zuständige, die Zugänge anlegen",
        recipients=_STAFF,
        since="nach dem Ende des Zugangs",
        period=Period(years=3),
        removal=Removing(
            ApiClient, lambda before: or_(ApiClient.ended_at < before, ApiClient.ends_on < cast(before, Date))
        ),
    ),
    Rule(
        slug="sign-ups",
        name="Unbestätigte Anmeldungen als Freiwillige",
        activity=VOLUNTEERS,
        data="Was auf der Seite „Mitmachen“ eingegeben und nicht bestätigt wurde, auch über Zeit und Kenntnisse",
        subjects="Menschen, die helfen wollen, und Sorgeberechtigte",
        recipients=_STAFF,
        since="nach der Eingabe",
        period=Period(days=14),
        removal=Removing(SignUp, lambda before: SignUp.created_at < before),
    ),
    Rule(
        slug="import-rows",
        name="Zeilen von importierten Listen",
        activity=CONTACTS,
        data="Was in der Liste stand: Namen, E-Mail-Adressen, Telefonnummern, Einsatzfelder; was daraus wurde",
        subjects="Ansprechpersonen und Freiwillige",
        recipients=_STAFF,
        since="nach dem letzten Schritt des Imports; so lange lässt er sich zurücknehmen",
        period=Period(days=30),
        removal=Removing(ImportRow, lambda before: _of_import(ImportRow.import_id, ListImport.changed_at < before)),
    ),
    Rule(
        slug="import-entries",
        name="Was ein Import eingetragen oder geändert hat",
        activity=CONTACTS,
        data="Kennungen der Einträge, die Angaben vor und nach einer Änderung",
        subjects="Ansprechpersonen und Freiwillige",
        recipients=_STAFF,
        since="nach dem letzten Schritt des Imports",
        period=Period(days=30),
        removal=Removing(ImportEntry, lambda before: _of_import(ImportEntry.import_id, ListImport.changed_at < before)),
    ),
    Rule(
        slug="import-files",
        name="Hochgeladene Listen",
        activity=CONTACTS,
        data="Die Datei, wie sie hochgeladen wurde; nach dem Import wird sie sofort gelöscht",
        subjects="Ansprechpersonen und Freiwillige",
        recipients=_NOBODY,
        since="nach dem letzten Schritt eines Imports, der nicht ausgeführt wurde",
        period=Period(days=7),
        removal=Removing(
            ListImport,
            lambda before: sa.and_(ListImport.state.in_(_NOT_WRITTEN), ListImport.changed_at < before),
            with_them=(ImportChunk.__tablename__,),
        ),
    ),
    Rule(
        slug="imports",
        name="Verzeichnis der Importe",
        activity=CONTACTS,
        data="Name der Datei, wer wann importiert hat, Überschriften der Spalten, Anzahlen",
        subjects="Zuständige, Ansprechpersonen und Freiwillige",
        recipients=_STAFF,
        since="nach dem letzten Schritt des Imports",
        period=Period(days=90),
        removal=Removing(
            ListImport, lambda before: ListImport.changed_at < before, with_them=(ImportPart.__tablename__,)
        ),
    ),
    Rule(
        slug="volunteers",
        name="Profile von Freiwilligen",
        activity=VOLUNTEERS,
        data="Einsatzfelder und Einsatzgebiete, Zeit, Kenntnisse, Sprachen, Wege der Ansprache, Anschrift, Pausen",
        subjects="Freiwillige",
        recipients=_STAFF,
        since="nach dem Widerruf der Einwilligung; vom Widerruf an sieht sie niemand mehr",
        period=Period(days=14),
        removal=Removing(
            Volunteer,
            lambda before: _not_asked(Volunteer.person_id, before),
            with_them=(VolunteerArea.__tablename__, volunteer_field.name),
        ),
    ),
    Rule(
        slug="help-requests",
        name="Anfragen nach Hilfe",
        activity=VOLUNTEERS,
        data="Wer wen wobei um Hilfe gebeten hat, die Antwort, der Dank",
        subjects="Freiwillige und Ansprechpersonen der Vereine",
        recipients="der suchende Verein: wer zugesagt hat, mit Name und Erreichbarkeit",
        since="nach der Anfrage",
        period=Period(years=1),
        removal=Removing(
            HelpRequest, lambda before: HelpRequest.created_at < before, with_them=(HelpRequestLink.__tablename__,)
        ),
    ),
    Rule(
        slug="search-words",
        name="Wörter der Suche",
        activity=VOLUNTEERS,
        data="einzelne Wörter aus Namen, Einsatzfeldern, Fähigkeiten und Orten, nach denen gesucht werden kann",
        subjects="Freiwillige",
        recipients=_STAFF,
        since="bis zum Widerruf der Einwilligung oder bis die Person gelöscht wird",
        tables=(search_posting.name, search_typo.name, search_word.name),
    ),
    Rule(
        slug="birth-dates",
        name="Geburtsdaten von Minderjährigen",
        activity=CONSENTS,
        data="Geburtsdatum, solange Sorgeberechtigte zustimmen müssen (Art. 8 DSGVO)",
        subjects="Freiwillige unter 16 Jahren",
        recipients=_STAFF,
        since="nach der Geburt",
        period=Period(years=16),
        removal=Emptying(Person, lambda before: Person.birth_date <= cast(before, Date), {"birth_date": None}),
    ),
    Rule(
        slug="guardian-links",
        name="Links von Sorgeberechtigten",
        activity=CONSENTS,
        data="Prüfsumme des Links, mit dem Sorgeberechtigte ihre Einwilligung zurücknehmen, und für wen er gilt",
        subjects="Freiwillige unter 16 Jahren und Sorgeberechtigte",
        recipients="die sorgeberechtigte Person",
        since="nach dem 16. Geburtstag",
        period=Period(days=1),
        removal=Removing(GuardianLink, _of_grown_up),
    ),
    Rule(
        slug="consents",
        name="Einwilligungen",
        activity=CONSENTS,
        data="Zweck, Fassung des Textes, Datum, Weg, Name von Sorgeberechtigten; Widerruf",
        subjects="Menschen, die eingewilligt haben, und Sorgeberechtigte",
        recipients=_STAFF,
        since="nach dem Widerruf (§§ 195, 199 BGB); gültige bis zum Widerruf",
        period=Period(years=3),
        removal=Removing(Consent, lambda before: Consent.withdrawn_at < before),
    ),
    Rule(
        slug="unsubscribe-links",
        name="Links zum Abbestellen",
        activity=CONSENTS,
        data="Prüfsumme des Links und wem er gehört",
        subjects="Empfängerinnen und Empfänger von Rundbriefen",
        recipients="die Person selbst",
        since="bis die Person gelöscht wird, damit der Link auch in alten E-Mails wirkt",
        tables=(UnsubscribeLink.__tablename__,),
    ),
    Rule(
        slug="certificates",
        name="Eingesehene Führungszeugnisse",
        activity=VOLUNTEERS,
        data="Datum der Einsicht, ob eine einschlägige Verurteilung vorliegt; nie das Zeugnis (§ 72a Abs. 5 SGB VIII)",
        subjects="Freiwillige, die mit Kindern und Jugendlichen arbeiten",
        recipients="die Stelle, die es eingesehen hat",
        since="nach dem Ende der Tätigkeit oder dem Widerruf der Einwilligung; sofort, wenn keine Tätigkeit folgt",
        period=Period(months=KEPT_MONTHS),
        removal=Removing(Certificate, _of_ended_activity),
    ),
    Rule(
        slug="erasures",
        name="Nachweise von Löschungen",
        activity=RIGHTS,
        data="Kennungen, die zu niemandem mehr gehören; Quittungen der Dienste",
        subjects="Menschen, die gelöscht wurden",
        recipients="die Person selbst, Zuständige für den Bereich",
        since="dauerhaft, damit eine wiederhergestellte Sicherung niemanden zurückbringt",
        tables=(Erasure.__tablename__, ReceiptRow.__tablename__),
    ),
    *AUDIT_RULES,
    *ERASURE_RULES,
    *MESSAGING_RULES,
)

_PLACES = "Orte und Gebiete"
_ORGANISATIONS = "Vereine: keine natürlichen Personen"
EXEMPT = {
    **WITHOUT_PERSONS,
    "district": _PLACES,
    "municipality": _PLACES,
    "network": _PLACES,
    "network_goal": _PLACES,
    "village": _PLACES,
    "village_seat": _PLACES,
    "coverage": _PLACES,
    "merger": _PLACES,
    "merged_organisation": _PLACES,
    "field_of_activity": "eine Liste von Begriffen",
    "lead_mandate": "Vereine und Orte",
    "list_import_mapping": "wie ein Amt die Spalten seiner Listen nennt",
    "help_entry": _ORGANISATIONS,
    "help_entry_field": _ORGANISATIONS,
    "search_stale": "Kennungen von Einträgen, die neu zu lesen sind",
    "organisation": _ORGANISATIONS,
    "organisation_federation": _ORGANISATIONS,
    "organisation_pair": _ORGANISATIONS,
    "merged_person": "Kennungen; mit der Person gelöscht, deren Eintrag für den früheren steht",
    "person_pair": "Kennungen zweier Personen; mit jeder von ihnen gelöscht",
    "organisation_area": _ORGANISATIONS,
    "organisation_field": _ORGANISATIONS,
}
