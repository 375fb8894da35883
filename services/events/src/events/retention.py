"""How long this service keeps what."""

from uuid import UUID

import sqlalchemy as sa
from shared.contracts.events import RegistrationState
from shared.retention import Emptying, Period, Removing, Rule
from shared.retention.activities import CONTACTS, MEETINGS
from shared.retention.common import AUDIT_RULES, ERASURE_RULES, MESSAGING_RULES, WITHOUT_PERSONS
from shared.retention.removals import Moment
from shared.web.rate_limits import rate_limit
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from events.action_items.model import ActionItem
from events.agenda.model import AgendaProposal
from events.attendance.model import AttendanceMark, ParticipationCertificate
from events.audience.model import Contact, ContactPerson, StaffGrant, Volunteer, VolunteerPerson
from events.calendars.model import PersonalCalendar
from events.imported_calendars.model import CalendarSource, ImportedDate
from events.invitations.model import Invitation
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting
from events.meetings.queries import all_over
from events.minutes.model import Decision, Minutes, MinutesVersion, Note
from events.registrations.model import UNCONFIRMED_KEPT, Registration, RegistrationLink
from events.series.model import Series

AFTER_THE_MEETING = Period(months=6)
GUESTS_AFTER_THE_MEETING = Period(days=7)
AFTER_THE_TASK = Period(years=2)
PROOF_OF_PARTICIPATION = Period(years=5)


def _of_meetings_before(meeting_id: InstrumentedAttribute[UUID], before: Moment) -> ColumnElement[bool]:
    return meeting_id.in_(select(Meeting.id).where(all_over(before)))


RULES = (
    Rule(
        slug="registrations",
        name="Anmeldungen zu Treffen",
        activity=MEETINGS,
        data="Wer sich wann zu welchem Treffen mit wie vielen Personen angemeldet hat, und Antworten auf Fragen dazu",
        subjects="Menschen, die zu einem Treffen kommen",
        recipients="Planende des Treffens",
        since="nach dem Treffen",
        period=AFTER_THE_MEETING,
        removal=Removing(Registration, lambda before: _of_meetings_before(Registration.meeting_id, before)),
    ),
    Rule(
        slug="registration-guests",
        name="Namen und Adressen von Gästen",
        activity=MEETINGS,
        data="Name, E-Mail-Adresse und Telefonnummer von Menschen ohne Konto, die zu einem Treffen kommen",
        subjects="Gäste, und Menschen, die am Telefon angemeldet werden",
        recipients="Planende des Treffens; der E-Mail-Server",
        since="nach dem Treffen",
        period=GUESTS_AFTER_THE_MEETING,
        removal=Emptying(
            Registration,
            lambda before: (
                _of_meetings_before(Registration.meeting_id, before)
                & (sa.func.num_nonnulls(Registration.name, Registration.email, Registration.phone) > 0)
            ),
            {"name": None, "email": None, "phone": None},
        ),
    ),
    Rule(
        slug="registration-needs",
        name="Was jemand braucht, um teilzunehmen",
        activity=MEETINGS,
        data="Freiwillige Angaben, etwa zu Barrieren; sie können auf die Gesundheit schließen lassen",
        subjects="Menschen, die zu einem Treffen kommen",
        recipients="Planende des Treffens",
        since="nach dem Treffen",
        period=Period(days=1),
        removal=Emptying(
            Registration,
            lambda before: _of_meetings_before(Registration.meeting_id, before) & (Registration.needs != ""),
            {"needs": ""},
        ),
    ),
    Rule(
        slug="registrations-unconfirmed",
        name="Anmeldungen, die niemand bestätigt hat",
        activity=MEETINGS,
        data="Name, E-Mail-Adresse und Angaben von Gästen, die den Link in der E-Mail nicht geöffnet haben",
        subjects="Gäste",
        recipients="der E-Mail-Server",
        since="nach dem Absenden des Formulars",
        period=Period(days=UNCONFIRMED_KEPT.days),
        removal=Removing(
            Registration,
            lambda before: (
                (Registration.state == RegistrationState.UNCONFIRMED) & (Registration.registered_at < before)
            ),
        ),
        tables=(RegistrationLink.__tablename__,),
    ),
    Rule(
        slug="attendance",
        name="Wer bei einem Treffen dabei war",
        activity=MEETINGS,
        data="Ob jemand da war, entschuldigt war oder fehlte, mit wie vielen Personen, und wer es vermerkt hat; die "
        "Anzahl bleibt",
        subjects="Menschen, die zu einem Treffen angemeldet oder eingeladen sind",
        recipients="Planende des Treffens",
        since="nach dem Treffen",
        period=AFTER_THE_MEETING,
        removal=Removing(AttendanceMark, lambda before: _of_meetings_before(AttendanceMark.meeting_id, before)),
    ),
    Rule(
        slug="attendance-guests",
        name="Namen von Gästen, die ohne Anmeldung kamen",
        activity=MEETINGS,
        data="Name, und Verein oder Ort, wie der Gast ihn am Eingang nennt",
        subjects="Gäste",
        recipients="Planende des Treffens",
        since="nach dem Treffen",
        period=GUESTS_AFTER_THE_MEETING,
        removal=Emptying(
            AttendanceMark,
            lambda before: (
                _of_meetings_before(AttendanceMark.meeting_id, before)
                & (sa.func.num_nonnulls(AttendanceMark.name, AttendanceMark.organisation) > 0)
            ),
            {"name": None, "organisation": None},
        ),
    ),
    Rule(
        slug="participation-certificates",
        name="Nachweis ausgestellter Teilnahmebescheinigungen",
        activity=MEETINGS,
        data="Treffen, Tag der Ausstellung, ob sie widerrufen ist, Prüfsummen von Code und Name; die Prüfsumme des "
        "Namens ist nur mit dem Code auf dem Papier zu gebrauchen",
        subjects="Menschen, die eine Teilnahmebescheinigung bekommen haben",
        recipients="wer den Code auf der Bescheinigung kennt, ohne den Namen",
        since="nach dem Treffen",
        period=PROOF_OF_PARTICIPATION,
        removal=Removing(
            ParticipationCertificate,
            lambda before: _of_meetings_before(ParticipationCertificate.meeting_id, before),
        ),
    ),
    Rule(
        slug="invitations",
        name="Einladungen und Antworten",
        activity=MEETINGS,
        data="Wer als Ansprechperson, Freiwillige oder Zuständiger eingeladen wurde und ob er zugesagt hat; die Anzahl "
        "bleibt",
        subjects="Ansprechpersonen der Vereine, Freiwillige, Zuständige",
        recipients="Planende des Treffens",
        since="nach dem Treffen",
        period=AFTER_THE_MEETING,
        removal=Removing(Invitation, lambda before: _of_meetings_before(Invitation.meeting_id, before)),
    ),
    Rule(
        slug="meetings",
        name="Treffen",
        activity=MEETINGS,
        data="Titel, Ort, Zeit, Tagesordnung, Einwahl-Adresse, Grund einer Absage; die Kennung der planenden Person",
        subjects="Planende",
        recipients="Öffentlichkeit, soweit das Treffen öffentlich ist, ohne die Kennung der planenden Person; die "
        "Einwahl-Adresse nur, wer kommt",
        since="dauerhaft als Chronik des Netzwerks; bei Löschung der Person ohne Verweis auf sie",
        tables=(Meeting.__tablename__, "agenda_item", Series.__tablename__),
    ),
    Rule(
        slug="agenda-proposals",
        name="Vorschläge für die Tagesordnung",
        activity=MEETINGS,
        data="Wer was für welche Tagesordnung vorgeschlagen hat",
        subjects="Ansprechpersonen der federführenden Vereine",
        recipients="Zuständige und federführende Vereine des Netzwerks",
        since="nach dem Treffen",
        period=AFTER_THE_MEETING,
        removal=Removing(AgendaProposal, lambda before: _of_meetings_before(AgendaProposal.meeting_id, before)),
    ),
    Rule(
        slug="action-items",
        name="Wer eine Aufgabe übernommen hat",
        activity=MEETINGS,
        data="Welche Ansprechperson oder wer mit Konto eine Aufgabe hatte; die Aufgabe bleibt, auch beim Verein",
        subjects="Ansprechpersonen der Vereine, Zuständige des Netzwerks",
        recipients="Zuständige und federführende Vereine des Netzwerks",
        since="nachdem die Aufgabe erledigt ist",
        period=AFTER_THE_TASK,
        removal=Emptying(
            ActionItem,
            lambda before: (
                (ActionItem.closed_at < before)
                & sa.or_(ActionItem.contact_id.is_not(None), ActionItem.person_id.is_not(None))
            ),
            {"contact_id": None, "person_id": None, "former": True},
        ),
    ),
    Rule(
        slug="minutes",
        name="Protokolle",
        activity=MEETINGS,
        data=(
            "Was besprochen und beschlossen wurde, mit allen genehmigten Fassungen. Personen stehen darin als Kennung, "
            "wenn sie ausgewählt wurden; frei geschriebene Texte können Namen enthalten"
        ),
        subjects="Menschen, die bei einem Treffen genannt wurden",
        recipients="Zuständige und federführende Vereine des Netzwerks; die Öffentlichkeit nur eine Fassung ohne Namen",
        since=(
            "dauerhaft als Chronik des Netzwerks; bei Löschung der Person steht an ihrer Stelle „eine ehemalige "
            "Ansprechperson“"
        ),
        tables=(Minutes.__tablename__, MinutesVersion.__tablename__, Note.__tablename__, Decision.__tablename__),
    ),
    Rule(
        slug="contacts",
        name="Wer eingeladen wird",
        activity=CONTACTS,
        data="Kennungen von Ansprechpersonen und ihren Vereinen",
        subjects="Ansprechpersonen der Vereine",
        recipients="niemand außerhalb der Plattform",
        since="bis die Person gelöscht wird",
        tables=(Contact.__tablename__, ContactPerson.__tablename__),
    ),
    Rule(
        slug="volunteers",
        name="Freiwillige, die eingeladen werden können",
        activity=MEETINGS,
        data="Kennung, Einsatzfelder und Einsatzgebiete, solange die Einwilligung gilt und keine Pause eingetragen ist",
        subjects="Freiwillige",
        recipients="Planende des Treffens; Namen nur, wer sie im Verzeichnis sehen darf",
        since="bis zum Widerruf der Einwilligung; danach nur die Kennung, bis die Person gelöscht wird",
        tables=(Volunteer.__tablename__, VolunteerPerson.__tablename__),
    ),
    Rule(
        slug="mailing-lists",
        name="Verteiler",
        activity=MEETINGS,
        data="Kennungen der Vereine, Ansprechpersonen und Freiwilligen, die ein Netzwerk gemeinsam einlädt",
        subjects="Ansprechpersonen der Vereine, Freiwillige",
        recipients="Planende des Netzwerks",
        since="bis der Verteiler gelöscht oder die Person gelöscht wird",
        tables=(MailingList.__tablename__,),
    ),
    Rule(
        slug="rate-limits",
        name="Zähler gegen Missbrauch",
        activity=MEETINGS,
        data="Prüfsummen von E-Mail- und Internet-Adressen, Anzahl der Versuche",
        subjects="Gäste, die sich zu einem Treffen anmelden",
        recipients="niemand außerhalb der Plattform",
        since="nach dem Ende der Zählung",
        period=Period(days=1),
        removal=Removing(rate_limit, lambda before: rate_limit.c.ends_at < before),
    ),
    Rule(
        slug="personal-calendars",
        name="Eigene Kalenderadressen",
        activity=MEETINGS,
        data="Wer eine Adresse für den eigenen Kalender hat (nur als Prüfsumme), und wer welches Netzwerk betreut",
        subjects="Menschen mit Konto",
        recipients="niemand außerhalb der Plattform; den Kalender selbst liest, wer die Adresse kennt",
        since="bis die Person ihn schließt oder gelöscht wird",
        tables=(PersonalCalendar.__tablename__, StaffGrant.__tablename__),
    ),
    Rule(
        slug="calendar-sources",
        name="Kalender, die übernommen werden",
        activity=MEETINGS,
        data="Adresse und Name des Kalenders, was er zuletzt sagte, und die Kennung, wer ihn eingetragen hat",
        subjects="Planende",
        recipients="Planende des Netzwerks; die Termine selbst sind öffentlich",
        since="bis der Kalender entfernt wird; bei Löschung der Person ohne Verweis auf sie",
        tables=(CalendarSource.__tablename__, ImportedDate.__tablename__),
    ),
    *AUDIT_RULES,
    *ERASURE_RULES,
    *MESSAGING_RULES,
)

EXEMPT = {
    **WITHOUT_PERSONS,
    "attendance_list": "Zahlen: wie viele bei einem Treffen waren",
    "door_code": "Prüfsummen von Codes, die am Eingang hingen",
    "merged_person": "Kennungen: welcher Eintrag für einen früheren steht; sie führen nach einer Löschung zu niemandem",
    "audience_group": "Rollen und Orte; wer dazugehört, steht darin nicht",
    "feed_version": "Zähler",
    "field_of_activity": "Einsatzfelder",
    "lead_mandate": "Vereine und Orte",
    "need": "Bedarfe von Vereinen",
    "network": "Netzwerke und Orte",
    "organisation": "Vereine und Orte",
    "registration_form": "Fragen an alle, die sich anmelden",
    "village": "Orte",
}
