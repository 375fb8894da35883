"""Federführung: who leads which village of a network, until when, and where nobody does or soon will."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from shared.errors import Forbidden
from starlette.responses import Response

from portal.networks.queries import OrganisationCard, VillageCard, network_page
from portal.web.dates import today
from portal.web.view import StaffView

router = APIRouter(prefix="/n/{network}/federfuehrung")

SOON = timedelta(days=90)  # as the registry announces it


class State(StrEnum):
    MISSING = "missing"
    ENDING = "ending"
    LED = "led"


@dataclass(frozen=True)
class Line:
    """A village with its lead. `next_from` is the day from which another one could follow: `replaces` ends before."""

    village: VillageCard
    state: State
    candidates: list[OrganisationCard]
    next_from: date

    @property
    def replaces(self) -> bool:
        """Whether the present mandate has to end for the next one; one that ends by itself has not."""
        lead = self.village.lead
        return lead is not None and (lead.until is None or lead.until >= self.next_from)


@router.get("")
async def show_leads(
    view: StaffView, network: str, only: Annotated[str, Query(alias="nur", max_length=20)] = ""
) -> Response:
    """All villages, those first where something is to be done; `nur` keeps one state."""
    page = await view.read(network_page, network)
    if not any(view.may_enter(network, municipality) for municipality in (None, *page.municipality_ids)):
        raise Forbidden
    lines = sorted((_line(village) for village in page.villages), key=_urgency)
    counts = {state.value: sum(1 for line in lines if line.state is state) for state in State}
    shown = [line for line in lines if line.state == only] if only in counts else lines
    return view.render("lead_mandates/overview.html", network=page, lines=shown, counts=counts, only=only)


def _line(village: VillageCard) -> Line:
    lead, following = village.lead, village.next_lead
    leading = lead.organisation.id if lead else None
    candidates = [one for one in village.associations if one.id != leading]
    if lead is None:
        return Line(village, State.MISSING, candidates, today())
    if lead.until is None:
        return Line(village, State.LED, candidates, today())
    next_from = lead.until + timedelta(days=1)
    ends = lead.until <= today() + SOON and not (following and following.starts_on <= next_from)
    return Line(village, State.ENDING if ends else State.LED, candidates, next_from)


def _urgency(line: Line) -> tuple[int, date, str]:
    lead = line.village.lead
    return list(State).index(line.state), lead.until if lead and lead.until else date.max, line.village.name
