"""What this service holds about a person, for that person."""

import sqlalchemy as sa
from shared.own_data import Own

from notifications.consents.model import Subscription
from notifications.directory.model import Contact, Person
from notifications.notices.model import Notice

PARTS = (
    Own(
        "person",
        {"name": "Name", "email": "E-Mail-Adresse", "language": "Sprache"},
        lambda person: sa.select(Person.name, Person.email, Person.language).where(Person.id == person),
        name="Wohin wir Ihnen schreiben",
    ),
    Own(
        "notice",
        {
            "kind": "Art der Nachricht",
            "title": "Treffen",
            "status": "Stand",
            "created_at": "Entstanden am",
            "sent_at": "Abgeschickt am",
        },
        lambda person: (
            sa.select(
                Notice.kind,
                Notice.meeting["title"].as_string().label("title"),
                Notice.status,
                Notice.created_at,
                Notice.sent_at,
            )
            .where(
                sa.or_(
                    Notice.person_id == person,
                    Notice.contact_id.in_(sa.select(Contact.id).where(Contact.person_id == person)),
                )
            )
            .order_by(Notice.created_at)
        ),
        name="Welche Nachrichten Sie bekommen",
    ),
    Own(
        "subscription",
        {"networks": "Netzwerke", "everywhere": "Ganzer Landkreis", "withdrawn": "Abbestellt"},
        lambda person: sa.select(Subscription.networks, Subscription.everywhere, Subscription.withdrawn).where(
            Subscription.person_id == person
        ),
        name="Rundmails",
    ),
)
