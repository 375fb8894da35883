"""All tables of the portal, for migrations: importing the models describes them."""

from shared.erasure import tables as erasure
from shared.retention import tables as retention
from shared.web import rate_limits

from portal.database import Base
from portal.event_log import model as _event_log
from portal.read_model import model as _read_model
from portal.sessions import model as _sessions

__all__ = ["metadata"]

_MODELS = (_event_log, _read_model, _sessions)
metadata = Base.metadata
erasure.attach(metadata)
rate_limits.attach(metadata)
retention.attach(metadata)
