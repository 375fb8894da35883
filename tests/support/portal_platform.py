"""The portal together with the registry and the events service, as a test drives them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from registry.access.handlers import record_grant
from registry.logins.handlers import create_login_code
from registry.people import handlers as people
from registry.people.queries import persons_by_email
from registry.people.schemas import PersonInput
from shared.access.grants import Role
from shared.access.tenancy import EVERYTHING, enter_scopes
from shared.database import transaction
from starlette.applications import Starlette
from testkit.clients import Clients

ORIGIN = {"origin": "http://dorfnetz.test"}


@dataclass
class Platform:
    """Registry, events and portal with their workers, in one process. `tokens` are the reply tokens of invitations."""

    portal: FastAPI
    registry: FastAPI
    client_for: Clients
    officer: httpx2.AsyncClient  # of the registry's API
    villages: dict[str, dict[str, Any]]
    network: dict[str, Any]
    tokens: list[str]
    behind: Starlette  # the services as the portal reaches them
    confirmations: list[str] = field(default_factory=list)  # tokens of sign-ups
    unsubscribing: list[str] = field(default_factory=list)  # tokens of newsletters
    help_links: list[str] = field(default_factory=list)  # tokens of requests for help
    registration_links: list[str] = field(default_factory=list)  # tokens of mails about registrations
    entry_links: list[str] = field(default_factory=list)  # tokens of questions whether an entry holds

    async def reply_token(self) -> str:
        """The secret of the first invitation, as notifications gets it."""
        for _ in range(100):
            if self.tokens:
                return self.tokens[0]
            await asyncio.sleep(0.05)
        raise AssertionError("nobody was invited")

    async def registration_link(self) -> str:
        """The page that the newest mail about a registration leads to."""
        for _ in range(200):
            if self.registration_links:
                return f"/anmeldung/{self.registration_links[-1]}"
            await asyncio.sleep(0.05)
        raise AssertionError("nobody registered")

    async def confirmation_token(self) -> str:
        """The secret of the newest sign-up, as notifications gets it."""
        for _ in range(100):
            if self.confirmations:
                return self.confirmations[-1]
            await asyncio.sleep(0.05)
        raise AssertionError("nobody signed up")

    async def unsubscribe_token(self) -> str:
        """The secret in the newest newsletter."""
        for _ in range(100):
            if self.unsubscribing:
                return self.unsubscribing[-1]
            await asyncio.sleep(0.05)
        raise AssertionError("nobody subscribed")

    async def help_link(self) -> str:
        """The page on which somebody answers the newest request for help."""
        for _ in range(100):
            if self.help_links:
                return f"/antwort/hilfe/{self.help_links[-1]}"
            await asyncio.sleep(0.05)
        raise AssertionError("nobody was asked for help")

    async def entry_link(self) -> str:
        """The page on which somebody confirms the entry that was asked for last."""
        for _ in range(200):
            if self.entry_links:
                return f"/eintrag/{self.entry_links[-1]}"
            await asyncio.sleep(0.05)
        raise AssertionError("nobody was asked")

    async def browser(self) -> httpx2.AsyncClient:
        """Somebody who is not logged in."""
        client = await self.client_for(self.portal)
        client.headers.update(ORIGIN)
        return client

    async def login_code(self, name: str = "Petra Amtmann", email: str = "petra@landkreis.example") -> str:
        """A code for the district officer of this name."""
        async with transaction(self.registry.state.sessions) as session:
            await enter_scopes(session, [EVERYTHING])  # as an operator's command does
            person = await people.ensure_district_officer(session, PersonInput(name=name, email=email))
            return await create_login_code(session, person.id)

    async def login_code_of(self, email: str) -> str:
        """A code for somebody who is entered."""
        async with transaction(self.registry.state.sessions) as session:
            await enter_scopes(session, [EVERYTHING])
            (person,) = await persons_by_email(session, email)
            return await create_login_code(session, person.id)

    async def logged_in(self) -> httpx2.AsyncClient:
        """A browser in which the district officer is logged in."""
        browser = await self.browser()
        answer = await browser.post("/anmelden", data={"code": await self.login_code()})
        assert answer.status_code == 303, answer.text
        return browser

    async def logged_in_as_contact_of(
        self, organisation: dict[str, Any], name: str = "Karla Kontakt", email: str = "karla@verein.example"
    ) -> httpx2.AsyncClient:
        """A browser in which somebody is logged in who keeps this organisation's entry, without being its contact."""
        async with transaction(self.registry.state.sessions) as session:
            await enter_scopes(session, [EVERYTHING])
            person, _ = await people.ensure_person(session, PersonInput(name=name, email=email))
            await record_grant(session, person.id, Role.ASSOCIATION_CONTACT, UUID(organisation["id"]))
            code = await create_login_code(session, person.id)
        browser = await self.browser()
        assert (await browser.post("/anmelden", data={"code": code})).status_code == 303
        return browser

    async def enter(self, name: str, village: str = "Gossa") -> dict[str, Any]:
        """An association, by the registry's API."""
        body = {"kind": "association", "name": name, "village_id": self.villages[village]["id"]}
        return await post(self.officer, "/organisations", **body)

    async def lead(self, organisation: dict[str, Any]) -> dict[str, Any]:
        body = {"village_id": organisation["village_id"], "organisation_id": organisation["id"]}
        return await post(self.officer, "/lead-mandates", **body, starts_on="2024-01-01")

    async def appoint(self, organisation: dict[str, Any]) -> dict[str, Any]:
        person = {"name": "Erna Beispiel", "email": "erna@verein.example"}
        body = {"organisation_id": organisation["id"], "function": "chair", "person": person}
        return await post(self.officer, "/contacts", **body)


async def post(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def until(browser: httpx2.AsyncClient, path: str, text: str = "", *, gone: bool = False) -> str:
    """Load a page again until it is there with this text, or without it (`gone`); events need a moment."""
    import asyncio

    for _ in range(100):
        page = await browser.get(path)
        if page.status_code == 200 and (text in page.text) is not gone:
            return page.text
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} does not show {text!r}: {page.status_code}")
