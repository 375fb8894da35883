"""/personen/<id>/fuehrungszeugnis: that a certificate of conduct was inspected, for officers alone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.grants import Role
from shared.errors import Unavailable
from starlette.responses import Response

from portal.web.dates import today
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Refused, problem_of
from portal.web.view import View, staff

router = APIRouter(prefix="/personen/{person_id}/fuehrungszeugnis")

OfficerView = Annotated[View, Depends(staff(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER))]


@router.get("")
async def show_certificates(view: OfficerView, person_id: UUID) -> Response:
    """The inspections, and the form for another one."""
    return await _page(view, person_id, Form(values={"inspected_on": today().isoformat()}))


@router.post("")
async def record_inspection(view: OfficerView, person_id: UUID) -> Response:
    """Note that the certificate was seen; the document stays with its owner."""
    form = Form.sent(await view.request.form())
    body = {name: form.optional(name) for name in ("issued_on", "inspected_on", "result")}
    try:
        await view.services.registry.send(
            "POST", f"/persons/{person_id}/certificates", body, token=await view.token(), key=form.key
        )
    except (Refused, Unavailable) as error:
        return await _page(view, person_id, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(with_message(_address(person_id), "fuehrungszeugnis"))


@router.post("/{certificate_id}/beendet")
async def end_activity(view: OfficerView, person_id: UUID, certificate_id: UUID) -> Response:
    """The activity ends today; six months later the note is deleted."""
    path, body = f"/certificates/{certificate_id}/activity-end", {"ended_on": today().isoformat()}
    await view.services.registry.send("POST", path, body, token=await view.token())
    return view.redirect(with_message(_address(person_id), "gespeichert-intern"))


@router.post("/{certificate_id}/loeschen")
async def delete_certificate(view: OfficerView, person_id: UUID, certificate_id: UUID) -> Response:
    """Delete the note at once, as when no activity follows."""
    await view.services.registry.send("DELETE", f"/certificates/{certificate_id}", token=await view.token())
    return view.redirect(with_message(_address(person_id), "geloescht"))


def _address(person_id: UUID) -> str:
    return f"/personen/{person_id}/fuehrungszeugnis"


async def _page(view: View, person_id: UUID, form: Form, status: int = 200) -> Response:
    token = await view.token()
    person: dict[str, Any] = await view.services.registry.get(f"/persons/{person_id}", token=token)
    found = await view.services.registry.get(f"/persons/{person_id}/certificates", token=token)
    return view.render("certificates/certificates.html", status, person=person, certificates=found["items"], form=form)
