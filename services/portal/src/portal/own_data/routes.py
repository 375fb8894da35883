"""/konto/daten: everything that is stored about oneself, to take along."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from shared.database import transaction
from sqlalchemy import select
from starlette.responses import Response

from portal.own_data.archive import make_archive
from portal.retention import RULES
from portal.sessions.model import Session
from portal.web.view import OwnView, View

router = APIRouter(prefix="/konto/daten")

PATH = "/me/personal-data"
FILE = "Meine-Daten.zip"
LABELS = {"device": "Gerät", "created_at": "Angemeldet am", "seen_at": "Zuletzt genutzt", "ends_at": "Endet am"}


@router.get("")
async def show_own_data(view: OwnView) -> Response:
    """What the archive holds, and the button for it."""
    return view.render("own_data/own_data.html", file=FILE)


@router.get(f"/{FILE}")
async def download(view: OwnView) -> Response:
    """Ask every service and pack what it answers. All of them must answer: half of the data would be a wrong answer."""
    token, services = await view.token(), view.services
    asked = (services.registry, services.events, services.notifications)
    answers = await asyncio.gather(*(service.get(PATH, token=token) for service in asked))
    parts = [*answers, await _of_these_pages(view)]
    archive = await make_archive(parts, view.translate, datetime.now(UTC), view.settings.site_name)
    headers = {"content-disposition": f'attachment; filename="{FILE}"', "cache-control": "private, no-store"}
    return Response(archive, media_type="application/zip", headers=headers)


async def _of_these_pages(view: View) -> dict[str, Any]:
    """What the portal itself holds: open sessions, in the form of the other services."""
    person = view.holder.principal.id
    async with transaction(view.request.app.state.sessions) as session:
        rows = await session.execute(
            select(Session.device, Session.created_at, Session.seen_at, Session.ends_at)
            .where(Session.person_id == person)
            .order_by(Session.created_at)
        )
        found = [dict(row) for row in rows.mappings()]
    (rule,) = (rule for rule in RULES if Session.__tablename__ in rule.covers)
    values = [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
        for row in found
    ]
    return {
        "service": "portal",
        "person_id": str(person),
        "parts": [
            {
                "key": Session.__tablename__,
                "title": rule.name,
                "purpose": rule.activity.purpose,
                "legal_basis": rule.activity.legal_basis,
                "kept": rule.kept,
                "labels": LABELS,
                "rows": values,
            }
        ],
    }
