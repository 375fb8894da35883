"""Entering who speaks for an organisation, and striking them off again."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shared.errors import NotFound, Unavailable
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from portal.contacts.directory import contact_people
from portal.duplicates.asking import ask_whether_new_person
from portal.networks.queries import NetworkPage, OrganisationCard, VillageCard
from portal.organisations.entry import kept_entry
from portal.read_model.model import Contact
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import KeeperView, View
from portal.web.visibility import is_visible

router = APIRouter(prefix="/n/{network}/organisationen/{organisation}/ansprechpersonen")

NAMES = {"person.name": "name", "person.email": "email", "person.phone": "phone"}


@router.get("/neu")
async def show_new_contact(view: KeeperView, network: str, organisation: str) -> Response:
    """The form for a contact person."""
    page, village, card = await kept_entry(view, network, organisation)
    return _page(view, page, village, card, Form())


@router.post("/neu")
async def enter_contact(view: KeeperView, network: str, organisation: str) -> Response:
    """Enter a contact person; of a lead association, they are invited to network meetings from now on."""
    page, village, card = await kept_entry(view, network, organisation)
    form = Form.sent(await view.request.form())
    try:
        await ask_whether_new_person(view, form, [str(village.id)])
        contact = await view.services.registry.send(
            "POST", "/contacts", _body(form, card.id), token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return _page(view, page, village, card, form.take(problem_of(error, view.translate), NAMES), status=422)
    if contact["until"] is None:
        await _told(view, UUID(contact["id"]), dismissed=False)
    return view.redirect(with_message(_address(network, organisation), "ansprechperson"))


@router.get("/{contact_id}/austragen")
async def show_dismissal(view: KeeperView, network: str, organisation: str, contact_id: UUID) -> Response:
    """Ask before somebody is struck off. Reading this page changes nothing."""
    page, village, card = await kept_entry(view, network, organisation)
    people = await contact_people(view, card.id)
    leaving = next((person for person in people if person.id == contact_id), None)
    if leaving is None:
        raise NotFound
    return view.render(
        "contacts/dismiss.html",
        network=page,
        village=village,
        organisation=card,
        person=leaving,
        nobody_left=card.id in village.lead_ids and not any(other.email for other in people if other != leaving),
    )


@router.post("/{contact_id}/austragen")
async def dismiss_contact(view: KeeperView, network: str, organisation: str, contact_id: UUID) -> Response:
    """Strike somebody off; a second time changes nothing."""
    _, _, card = await kept_entry(view, network, organisation)
    if any(person.id == contact_id for person in await contact_people(view, card.id)):
        await view.services.registry.send("DELETE", f"/contacts/{contact_id}", token=await view.token())
        await _told(view, contact_id, dismissed=True)
    return view.redirect(with_message(_address(network, organisation), "ausgetragen"))


def _body(form: Form, organisation_id: UUID) -> dict[str, Any]:
    person = {"name": form.text("name"), "email": form.optional("email"), "phone": form.optional("phone")}
    return {
        "organisation_id": str(organisation_id),
        "function": form.text("function"),
        "person": person,
        "starts_on": form.optional("starts_on"),
        "ends_on": form.optional("ends_on"),
    }


async def _told(view: View, contact_id: UUID, *, dismissed: bool) -> None:
    """Wait a little until other pages know it, too; the organisation's own page asks the registry anyway."""

    async def is_known(session: AsyncSession) -> bool:
        contact = await session.get(Contact, contact_id)
        return contact is not None and contact.dismissed == dismissed

    await is_visible(view, is_known)


def _address(network: str, organisation: str) -> str:
    return f"/n/{network}/organisationen/{organisation}"


def _page(
    view: View, page: NetworkPage, village: VillageCard, organisation: OrganisationCard, form: Form, status: int = 200
) -> Response:
    return view.render(
        "contacts/form.html", status, network=page, village=village, organisation=organisation, form=form
    )
