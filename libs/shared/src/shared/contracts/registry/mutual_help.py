"""Needs and offers."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.registry.areas import Area
from shared.contracts.registry.availability import Daytime


class HelpKind(StrEnum):
    """What is needed or offered in mutual help."""

    PEOPLE = "people"
    ROOMS = "rooms"
    EQUIPMENT = "equipment"
    EXPERTISE = "expertise"


class HelpState(StrEnum):
    """How far a need or an offer is; what is done or withdrawn stays so."""

    OPEN = "open"
    TAKEN = "taken"  # enough have agreed, or the offer is used at the moment
    DONE = "done"
    WITHDRAWN = "withdrawn"


class HelpNews(StrEnum):
    """What a request for help has to say to the person who is told."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    THANKED = "thanked"


class HelpEntryState(EventData):
    """The whole public state of a need or an offer.

    `area` says how far it reaches, `weekdays` are 1 (Monday) to 7 (none: any day), `daytimes` parts of the day (none:
    any), `wanted` is how many are needed or offered. Without `starts_on` and `ends_on` it is open-ended.
    """

    entry_id: UUID
    organisation_id: UUID
    village_id: UUID
    kind: HelpKind
    state: HelpState
    title: str
    description: str = ""
    area: Area
    fields: list[str] = []  # slugs of fields of activity
    starts_on: date | None = None
    ends_on: date | None = None
    weekdays: list[int] = []
    daytimes: list[Daytime] = []
    wanted: int = 1


class NeedPublished(HelpEntryState):
    """subject: the need's id. An organisation looks for something; told again when that changes."""

    type = "registry.need.published.v1"


class NeedFilled(HelpEntryState):
    """subject: the need's id. Enough have agreed (`state` taken), or the work is done."""

    type = "registry.need.filled.v1"


class NeedWithdrawn(EventData):
    """subject: the need's id. It is no longer shown."""

    type = "registry.need.withdrawn.v1"
    entry_id: UUID


class OfferPublished(HelpEntryState):
    """subject: the offer's id. An organisation offers something; told again when that changes."""

    type = "registry.offer.published.v1"


class OfferTaken(HelpEntryState):
    """subject: the offer's id. It is used at the moment (`state` taken), or it is over."""

    type = "registry.offer.taken.v1"


class OfferWithdrawn(EventData):
    """subject: the offer's id. It is no longer shown."""

    type = "registry.offer.withdrawn.v1"
    entry_id: UUID


class HelpRequestTold(EventData):
    """subject: the message's own id. Somebody is asked for help, or learns how a request went; for notifications alone.

    Whoever is asked answers by `token`, once and until `expires_at`; it is None in all other messages. `organisation`
    looks for help with `title` in `village`; `words` are what its people wrote to the person.
    """

    type = "registry.help_request.told.v1"
    exchange = Exchange.PRIVATE
    request_id: UUID
    person_id: UUID
    news: HelpNews
    title: str
    organisation: str
    village: str
    words: str = ""
    token: str | None = None
    expires_at: AwareDatetime


class HelpRequestTakenBack(EventData):
    """subject: the message's own id. The seeker does not need the help any more: for who was asked or has agreed."""

    type = "registry.help_request.taken_back.v1"
    exchange = Exchange.PRIVATE
    request_id: UUID
    person_id: UUID
    title: str
    organisation: str
    village: str
    expires_at: AwareDatetime
