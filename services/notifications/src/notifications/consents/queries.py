"""Who gets the newsletter at this moment."""

from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, ScalarSelect, any_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from notifications.consents.model import Subscription
from notifications.directory.model import Contact, Person
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import Notice


def covers(network: InstrumentedAttribute[str | None] | str) -> ColumnElement[bool]:
    """Whether a subscription is for this network (its slug), now."""
    return ~Subscription.withdrawn & or_(Subscription.everywhere, any_(Subscription.networks) == network)


def is_wanted() -> ColumnElement[bool]:
    """Of a notice about a new meeting: the consent still holds, the person has an address and is not invited anyway."""
    invitation = aliased(Notice)
    subscribed = exists().where(Subscription.person_id == Notice.person_id, covers(Notice.network))
    reachable = exists().where(Person.id == Notice.person_id, Person.email.is_not(None))
    invited = (
        select(invitation.id)
        .outerjoin(Contact, Contact.id == invitation.contact_id)
        .where(
            invitation.kind == NoticeKind.MEETING_INVITATION,
            invitation.meeting_id == Notice.meeting_id,
            or_(Contact.person_id == Notice.person_id, invitation.person_id == Notice.person_id),
        )
    )
    return subscribed.correlate(Notice) & reachable.correlate(Notice) & ~invited.correlate(Notice).exists()


def unsubscribe_token() -> ScalarSelect[str | None]:
    """The secret that the mail of a notice carries."""
    own = Subscription.person_id == Notice.person_id, ~Subscription.withdrawn
    return select(Subscription.unsubscribe_token).where(*own).limit(1).correlate(Notice).scalar_subquery()


def news_cause(meeting: UUID, person: UUID) -> UUID:
    """A meeting makes many notices, and each must be made once."""
    return uuid5(meeting, str(person))
