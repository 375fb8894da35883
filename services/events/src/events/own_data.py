"""What this service holds about a person, for that person."""

import sqlalchemy as sa
from shared.own_data import Own

from events.audience.model import ContactPerson
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.registrations.model import Registration

_MEETING = {"title": "Treffen", "starts_at": "Beginn", "place": "Ort"}

PARTS = (
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
            .join(ContactPerson, ContactPerson.id == Invitation.contact_id)
            .where(ContactPerson.person_id == person)
            .order_by(Meeting.starts_at)
        ),
        name="Wozu Sie eingeladen wurden",
    ),
    Own(
        "registration",
        {**_MEETING, "registered_at": "Angemeldet am"},
        lambda person: (
            sa.select(Meeting.title, Meeting.starts_at, Meeting.place, Registration.registered_at)
            .join(Meeting, Meeting.id == Registration.meeting_id)
            .where(Registration.person_id == person)
            .order_by(Meeting.starts_at)
        ),
        name="Wozu Sie sich angemeldet haben",
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
)
