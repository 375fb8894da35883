"""Contacts, how to reach people, and logins."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.envelope import EventData, Exchange


class ContactAppointed(EventData):
    """subject: the contact's id: the appointment of somebody for an organisation, not the person."""

    type = "registry.contact.appointed.v1"
    contact_id: UUID
    organisation_id: UUID
    function: str


class ContactDismissed(EventData):
    """subject: the contact's id."""

    type = "registry.contact.dismissed.v1"
    contact_id: UUID
    organisation_id: UUID


class PersonDescribed(EventData):
    """subject: the person's id. How to reach a person; for notifications alone."""

    type = "registry.person.described.v1"
    exchange = Exchange.PRIVATE
    person_id: UUID
    name: str
    email: str | None = None
    language: Literal["de"] = "de"


class ContactIdentified(EventData):
    """subject: the contact's id. Which person stands behind a contact; for notifications, and for events (ids only)."""

    type = "registry.contact.identified.v1"
    exchange = Exchange.PRIVATE
    contact_id: UUID
    person_id: UUID
    organisation_id: UUID


class MergedContact(BaseModel):
    """An appointment that was entered twice: `contact_id` is no more, `into_contact_id` stands for both."""

    model_config = ConfigDict(frozen=True)
    contact_id: UUID
    into_contact_id: UUID


class PersonMerged(EventData):
    """subject: the id of the entry that is no more. Another entry stands for this person; ids only.

    What still comes about `person_id` is about `into_person_id`.
    """

    type = "registry.person.merged.v1"
    exchange = Exchange.PRIVATE
    person_id: UUID
    into_person_id: UUID
    contacts: list[MergedContact] = []


class GrantGiven(EventData):
    """subject: the grant's id. A person has a role in a scope, from `starts_on` to `ends_on`; ids only, for services.

    `role` and `scope` are the words of access tokens, such as `network_coordinator` and `network`.

    `scope_id` is None for the district and for oneself. Whoever was erased has no grants; nothing more is told of them.
    """

    type = "registry.grant.given.v1"
    exchange = Exchange.PRIVATE
    grant_id: UUID
    person_id: UUID
    role: str
    scope: str
    scope_id: UUID | None = None
    starts_on: date
    ends_on: date | None = None


class GrantTakenBack(EventData):
    """subject: the grant's id. It holds no longer, before its last day."""

    type = "registry.grant.taken_back.v1"
    exchange = Exchange.PRIVATE
    grant_id: UUID
    person_id: UUID
    role: str
    scope: str
    scope_id: UUID | None = None
    starts_on: date
    ends_on: date | None = None


class LoginLink(BaseModel):
    """`code` logs this person in, once and for a short time."""

    model_config = ConfigDict(frozen=True)
    person_id: UUID
    name: str
    code: str


class LoginLinkRequested(EventData):
    """subject: the request's id. A mail to `email` with a link for each person who shares it; for notifications alone.

    `email` is None, and there are no links, where nobody has the address that was typed: the registry does the same
    work then. `next` is the path of the page to go on with. Nothing is sent after `expires_at`.
    """

    type = "registry.login_link.requested.v1"
    exchange = Exchange.PRIVATE
    request_id: UUID
    email: str | None = None
    links: list[LoginLink] = []
    next: str | None = None
    expires_at: AwareDatetime


class AddressChangeRequested(EventData):
    """subject: the change's id. Somebody wants another address: a link with `token` to it, and word to the old one."""

    type = "registry.address_change.requested.v1"
    exchange = Exchange.PRIVATE
    change_id: UUID
    person_id: UUID
    name: str
    email: str
    old_email: str | None = None
    token: str
    expires_at: AwareDatetime


class AddressReplaced(EventData):
    """subject: the change's id. An address was taken away without its owner's click: word to it."""

    type = "registry.address.replaced.v1"
    exchange = Exchange.PRIVATE
    change_id: UUID
    person_id: UUID
    name: str
    old_email: str
