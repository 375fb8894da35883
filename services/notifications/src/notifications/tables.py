"""All tables of this service, for migrations: importing the models describes them."""

from shared import merging
from shared.audit import tables as audit
from shared.erasure import tables as erasure
from shared.retention import tables as retention

from notifications.consents import model as _consents
from notifications.database import Base
from notifications.directory import model as _directory
from notifications.notices import model as _notices

__all__ = ["metadata"]

_MODELS = (_consents, _directory, _notices)
metadata = Base.metadata
audit.attach(metadata)
erasure.attach(metadata)
merging.attach(metadata)
retention.attach(metadata)
