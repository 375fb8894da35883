"""All tables of this service, for migrations: importing the models describes them."""

from shared import merging
from shared.audit import tables as audit
from shared.erasure import tables as erasure
from shared.retention import tables as retention
from shared.web import rate_limits

from events.action_items import model as _action_items
from events.agenda import model as _agenda
from events.attendance import model as _attendance
from events.audience import model as _audience
from events.calendars import model as _calendars
from events.database import Base
from events.imported_calendars import model as _imported_calendars
from events.invitations import groups as _audience_groups
from events.invitations import model as _invitations
from events.mailing_lists import model as _mailing_lists
from events.meetings import model as _meetings
from events.minutes import model as _minutes
from events.registrations import model as _registrations
from events.series import model as _series

__all__ = ["metadata"]

_MODELS = (
    _action_items,
    _agenda,
    _attendance,
    _audience,
    _audience_groups,
    _calendars,
    _imported_calendars,
    _invitations,
    _mailing_lists,
    _meetings,
    _minutes,
    _registrations,
    _series,
)
metadata = Base.metadata
audit.attach(metadata)
erasure.attach(metadata)
merging.attach(metadata)
retention.attach(metadata)
rate_limits.attach(metadata)
