"""Two entries of a person side by side, before they are merged."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.i18n import Translator
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant
from registry.access.queries import not_over
from registry.certificates.model import Certificate
from registry.clock import today
from registry.consents.model import Consent
from registry.erasures.schemas import Obstacle
from registry.merging.persons import connections, obstacles
from registry.merging.persons_model import IntoItself
from registry.merging.persons_schemas import PersonMergePreview, SideAnswer
from registry.mutual_help.model import HelpRequest
from registry.network_contacts.model import NetworkContact
from registry.people import queries as people
from registry.people.model import Contact, Person
from registry.volunteers.model import Volunteer

_COUNTED: dict[str, tuple[Any, sa.ColumnElement[bool]]] = {
    "contacts": (Contact, Contact.until.is_(None)),
    "network_contacts": (NetworkContact, sa.true()),
    "volunteers": (Volunteer, sa.true()),
    "help_requests": (HelpRequest, sa.true()),
    "consents": (Consent, sa.true()),
    "certificates": (Certificate, sa.true()),
}


async def preview(
    session: AsyncSession, access: Access, former_id: UUID, into_id: UUID, translate: Translator
) -> PersonMergePreview:
    """Raises `NotFound`, `WasMerged`, `IntoItself`."""
    if former_id == into_id:
        raise IntoItself
    former = await people.person_or_pointer(session, access, former_id)
    into = await people.person_or_pointer(session, access, into_id)
    async with beyond_scopes(session, reads_only=True):  # numbers of what moves, wherever it is
        return PersonMergePreview(
            former=await _side(session, former),
            into=await _side(session, into),
            obstacles=[
                Obstacle(code=one.code, message=translate.gettext(one.message))
                for one in await obstacles(session, access, former, into)
            ],
        )


async def _side(session: AsyncSession, person: Person) -> SideAnswer:
    counts = {
        what: await _count(session, table, table.person_id == person.id, condition)
        for what, (table, condition) in _COUNTED.items()
    }
    counts["grants"] = await _count(session, AccessGrant, AccessGrant.person_id == person.id, not_over(today()))
    return SideAnswer(
        id=person.id,
        name=person.name,
        email=person.email,
        phone=person.phone,
        birth_date=person.birth_date,
        version=person.version,
        has_login=bool(await connections(session, person.id)),
        counts=counts,
    )


async def _count(session: AsyncSession, table: Any, *where: sa.ColumnElement[bool]) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0
