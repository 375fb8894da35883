"""Consents and the profiles that they publish."""

from enum import StrEnum
from uuid import UUID

from shared.contracts.envelope import EventData, Exchange


class ConsentPurpose(StrEnum):
    """What a person may agree to, each for itself (Art. 6 Abs. 1 Buchst. a and Art. 7 DSGVO)."""

    CONTACT = "contact"  # coordinators may get in touch about voluntary work
    PUBLICATION = "publication"  # name, function, fields and areas of activity stand on the public pages
    NEWSLETTER = "newsletter"  # mails about new meetings of one's networks
    SHARING = "sharing"  # staff of other municipalities may see the volunteer, too
    PHOTOS = "photos"  # photos of meetings and activities may be published


class ProfilePublished(EventData):
    """subject: the profile's id. Somebody's name may be shown; `GET /profiles` of the registry tells it.

    Also told when what the profile shows has changed: whoever keeps a copy reads it again.
    """

    type = "registry.profile.published.v1"
    profile_id: UUID


class ProfileWithdrawn(EventData):
    """subject: the profile's id. Whoever keeps a copy of the profile deletes it."""

    type = "registry.profile.withdrawn.v1"
    profile_id: UUID


class ConsentGiven(EventData):
    """subject: the consent's id; giving it anew after a withdrawal is a new consent. For notifications alone.

    `networks` are the slugs of the networks that the person belongs to; who helps in the whole district belongs to all
    of them (`everywhere`). `unsubscribe_token` withdraws this consent without login; only newsletters have one.
    """

    type = "registry.consent.given.v1"
    exchange = Exchange.PRIVATE
    consent_id: UUID
    person_id: UUID
    purpose: ConsentPurpose
    networks: list[str] = []
    everywhere: bool = False
    unsubscribe_token: str | None = None


class ConsentWithdrawn(EventData):
    """subject: the consent's id. From now on nothing may be done for this purpose; for notifications alone."""

    type = "registry.consent.withdrawn.v1"
    exchange = Exchange.PRIVATE
    consent_id: UUID
    person_id: UUID
    purpose: ConsentPurpose
