"""What this service holds about a person, for that person."""

from uuid import UUID

import sqlalchemy as sa
from shared.own_data import Own
from sqlalchemy.orm import InstrumentedAttribute

from events.action_items.model import ActionItem
from events.agenda.model import AgendaItem, AgendaProposal
from events.attendance.model import AttendanceMark
from events.audience.model import ContactPerson, Network, StaffGrant, Volunteer, VolunteerPerson
from events.calendars.model import PersonalCalendar
from events.imported_calendars.model import CalendarSource
from events.invitations.model import Invitation
from events.mailing_lists.model import MailingList
from events.meetings.model import Meeting
from events.minutes.marks import person_mark
from events.minutes.model import Decision, Note
from events.registrations.model import Registration
from events.series.model import Series

_MEETING = {"title": "Treffen", "starts_at": "Beginn", "place": "Ort"}


def _contacts_of(person: UUID) -> sa.Select[UUID]:
    return sa.select(ContactPerson.id).where(ContactPerson.person_id == person)


def _marks(text: InstrumentedAttribute[str], person: UUID) -> sa.ColumnElement[bool]:
    """Whether a text marks the person, or a contact who they are (see `events.minutes.marks`)."""
    mark = sa.literal("{contact:") + sa.cast(ContactPerson.id, sa.Text) + sa.literal("}")
    as_contact = sa.exists().where(ContactPerson.person_id == person, sa.func.strpos(text, mark) > 0)
    return sa.or_(text.contains(person_mark(person)), as_contact)


def _on_list(person: UUID) -> sa.ColumnElement[bool]:
    """Themselves, not by an organisation: who speaks for one sees it with the organisation."""
    contact = sa.exists().where(ContactPerson.person_id == person, ContactPerson.id == sa.any_(MailingList.contact_ids))
    volunteer = sa.exists().where(
        VolunteerPerson.person_id == person, VolunteerPerson.id == sa.any_(MailingList.volunteer_ids)
    )
    return sa.or_(contact, volunteer)


PARTS = (
    Own(
        "personal_calendar",
        {"made_at": "Adresse erzeugt am"},
        lambda person: sa.select(PersonalCalendar.made_at).where(PersonalCalendar.person_id == person),
        name="Ihr eigener Kalender",
    ),
    Own(
        "staff_grant",
        {"network": "Netzwerk", "starts_on": "Von", "ends_on": "Bis"},
        lambda person: (
            sa.select(Network.name.label("network"), StaffGrant.starts_on, StaffGrant.ends_on)
            .outerjoin(Network, Network.id == StaffGrant.network_id)
            .where(StaffGrant.person_id == person)
            .order_by(StaffGrant.starts_on)
        ),
        name="Netzwerke, die Sie betreuen; ohne Namen: der ganze Landkreis",
    ),
    Own(
        "volunteer",
        {"active": "Sie dürfen angesprochen werden", "fields": "Einsatzfelder"},
        lambda person: (
            sa.select(Volunteer.active, Volunteer.fields)
            .join(VolunteerPerson, VolunteerPerson.id == Volunteer.id)
            .where(VolunteerPerson.person_id == person)
        ),
        name="Wonach ausgewählt wird, wozu wir Sie als Freiwillige oder Freiwilligen einladen",
    ),
    Own(
        "mailing_list",
        {"name": "Verteiler", "network": "Netzwerk", "changed_at": "Zuletzt geändert am"},
        lambda person: (
            sa.select(MailingList.name, MailingList.network, MailingList.changed_at)
            .where(_on_list(person))
            .order_by(MailingList.name)
        ),
        name="Verteiler, auf denen Sie stehen",
    ),
    Own(
        "invitation",
        {**_MEETING, "issued_at": "Eingeladen am", "answer": "Antwort", "answered_at": "Geantwortet am"},
        lambda person: (
            sa.select(
                Meeting.title,
                Meeting.starts_at,
                Meeting.place,
                Invitation.issued_at,
                Invitation.answer,
                Invitation.answered_at,
            )
            .join(Meeting, Meeting.id == Invitation.meeting_id)
            .where(Invitation.person_id == person)
            .order_by(Meeting.starts_at)
        ),
        name="Wozu Sie eingeladen wurden",
    ),
    Own(
        "registration",
        {
            **_MEETING,
            "registered_at": "Angemeldet am",
            "state": "Stand",
            "people": "Personen",
            "answers": "Ihre Antworten",
            "needs": "Was Sie brauchen",
        },
        lambda person: (
            sa.select(
                Meeting.title,
                Meeting.starts_at,
                Meeting.place,
                Registration.registered_at,
                Registration.state,
                Registration.people,
                Registration.answers,
                Registration.needs,
            )
            .join(Meeting, Meeting.id == Registration.meeting_id)
            .where(Registration.person_id == person)
            .order_by(Meeting.starts_at)
        ),
        name="Wozu Sie sich angemeldet haben",
    ),
    Own(
        "attendance",
        {**_MEETING, "state": "Stand", "people": "Personen", "marked_at": "Vermerkt am", "by_self": "Von Ihnen selbst"},
        lambda person: (
            sa.select(
                Meeting.title,
                Meeting.starts_at,
                Meeting.place,
                AttendanceMark.state,
                AttendanceMark.people,
                AttendanceMark.marked_at,
                AttendanceMark.by_self,
            )
            .join(Meeting, Meeting.id == AttendanceMark.meeting_id)
            .outerjoin(Registration, Registration.id == AttendanceMark.registration_id)
            .outerjoin(Invitation, Invitation.id == AttendanceMark.invitation_id)
            .where(
                sa.or_(
                    Registration.person_id == person,
                    Invitation.person_id == person,
                    Invitation.contact_id.in_(_contacts_of(person)),
                )
            )
            .order_by(Meeting.starts_at)
        ),
        name="Wo Sie dabei waren",
    ),
    Own(
        "meeting",
        {**_MEETING, "created_at": "Geplant am"},
        lambda person: (
            sa.select(Meeting.title, Meeting.starts_at, Meeting.place, Meeting.created_at)
            .where(Meeting.planned_by == person)
            .order_by(Meeting.starts_at)
        ),
        name="Treffen, die Sie geplant haben",
    ),
    Own(
        "series",
        {"title": "Reihe", "starts_on": "Erster Termin", "created_at": "Geplant am"},
        lambda person: (
            sa.select(Series.stored_template["title"].astext.label("title"), Series.starts_on, Series.created_at)
            .where(Series.planned_by == person)
            .order_by(Series.created_at)
        ),
        name="Reihen, die Sie geplant haben",
    ),
    Own(
        "calendar_source",
        {"name": "Kalender", "network": "Netzwerk", "added_at": "Eingetragen am"},
        lambda person: (
            sa.select(CalendarSource.name, CalendarSource.network, CalendarSource.added_at)
            .where(CalendarSource.added_by == person)
            .order_by(CalendarSource.added_at)
        ),
        name="Kalender, die Sie zum Übernehmen eingetragen haben",
    ),
    Own(
        "action_item",
        {"title": "Aufgabe", "due_on": "Bis", "state": "Stand", "created_at": "Vereinbart am"},
        lambda person: (
            sa.select(ActionItem.title, ActionItem.due_on, ActionItem.state, ActionItem.created_at)
            .where(sa.or_(ActionItem.person_id == person, ActionItem.contact_id.in_(_contacts_of(person))))
            .order_by(ActionItem.created_at)
        ),
        name="Aufgaben, die Sie übernommen haben",
    ),
    Own(
        "agenda_item",
        {**_MEETING, "item": "Punkt der Tagesordnung"},
        lambda person: (
            sa.select(Meeting.title, Meeting.starts_at, Meeting.place, AgendaItem.title.label("item"))
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .where(sa.or_(AgendaItem.person_id == person, AgendaItem.contact_id.in_(_contacts_of(person))))
            .order_by(Meeting.starts_at)
        ),
        name="Punkte der Tagesordnung, die Sie einbringen",
    ),
    Own(
        "agenda_proposal",
        {"title": "Vorschlag", "details": "Erläuterung", "state": "Stand", "created_at": "Vorgeschlagen am"},
        lambda person: (
            sa.select(AgendaProposal.title, AgendaProposal.details, AgendaProposal.state, AgendaProposal.created_at)
            .where(AgendaProposal.person_id == person)
            .order_by(AgendaProposal.created_at)
        ),
        name="Was Sie für Tagesordnungen vorgeschlagen haben",
    ),
    Own(
        "note",
        {**_MEETING, "text": "Text, in dem Sie genannt sind"},
        lambda person: (
            sa.select(Meeting.title, Meeting.starts_at, Meeting.place, Note.text)
            .join(Meeting, Meeting.id == Note.meeting_id)
            .where(_marks(Note.text, person))
            .order_by(Meeting.starts_at)
        ),
        name="Protokolle, in denen Sie genannt sind",
    ),
    Own(
        "decision",
        {**_MEETING, "text": "Beschluss, in dem Sie genannt sind"},
        lambda person: (
            sa.select(Meeting.title, Meeting.starts_at, Meeting.place, Decision.text)
            .join(Meeting, Meeting.id == Decision.meeting_id)
            .where(_marks(Decision.text, person))
            .order_by(Meeting.starts_at)
        ),
        name="Beschlüsse, in denen Sie genannt sind",
    ),
)
