"""Who plans meetings, and who may know of one."""

from typing import Annotated

from fastapi import Depends
from shared.access.dependencies import allow, allow_anyone
from shared.access.grants import Access, Role, ScopeKind
from shared.contracts.events import Visibility
from sqlalchemy import ColumnElement, or_, true

from events.meetings.model import Meeting, MeetingStatus

PLANNERS = (Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR)
Planner = Annotated[Access, Depends(allow(*PLANNERS))]
AnyReader = Annotated[Access | None, Depends(allow_anyone(*Role))]


def may_plan(access: Access | None, network: str) -> bool:
    """Whether the caller plans this network's meetings."""
    return access is not None and Access(access.principal, frozenset(PLANNERS)).covers(network=network)


def visible_to(access: Access | None) -> ColumnElement[bool]:
    """Meetings that the caller may know of.

    Of those who are logged in, the policy of the table decides who knows of a meeting that is not public: see the
    migration `0006_planning`.
    """
    out = Meeting.status != MeetingStatus.DRAFT
    return out & (Meeting.visibility == Visibility.PUBLIC) if access is None else or_(out, planned_by(access))


def planned_by(access: Access) -> ColumnElement[bool]:
    """Meetings of the networks whose meetings the caller plans."""
    grants = [grant for grant in access.principal.grants if grant.role in PLANNERS]
    if any(grant.scope is ScopeKind.DISTRICT for grant in grants):
        return true()
    slugs = [grant.scope_key for grant in grants if grant.scope is ScopeKind.NETWORK and grant.scope_key]
    return Meeting.network.in_(slugs)
