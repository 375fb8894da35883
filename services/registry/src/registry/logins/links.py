"""Login links by mail. Nobody learns by asking whether an address is known here."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import LoginLink, LoginLinkRequested
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.logins.handlers import LOGIN_CODE_LIFETIME, store_login_codes
from registry.logins.schemas import LoginLinkRequest
from registry.people import queries as people
from registry.secrets import new_secret


async def request_login_links(session: AsyncSession, asked: LoginLinkRequest) -> None:
    """Have a mail sent with a link for each person who has this address.

    For an address that nobody has the same is done: a code that opens nothing, and an event that no mail comes of. So
    neither the answer nor its time tells the two apart. What was typed then is kept nowhere.
    """
    expires_at = datetime.now(UTC) + LOGIN_CODE_LIFETIME
    async with beyond_scopes(session):  # whatever is found goes to the owner of the mailbox alone
        persons = await people.persons_by_email(session, asked.email)
        links = [LoginLink(person_id=person.id, name=person.name, code=new_secret()) for person in persons]
        codes: dict[str, UUID | None] = {link.code: link.person_id for link in links}
        await store_login_codes(session, codes or {new_secret(): None}, expires_at)
    requested = LoginLinkRequested(
        request_id=uuid4(),
        email=asked.email if links else None,
        links=links,
        next=asked.next if links else None,
        expires_at=expires_at,
    )
    record(session, requested, subject=requested.request_id, sequence=1)
