"""All tables of this service, for migrations: importing the models describes them."""

from shared.audit import tables as audit
from shared.erasure import tables as erasure

from registry.access import model as _access
from registry.database import Base
from registry.erasures import model as _erasures
from registry.fields_of_activity import model as _fields_of_activity
from registry.lead_mandates import model as _lead_mandates
from registry.organisations import model as _organisations
from registry.people import model as _people
from registry.territory import model as _territory
from registry.volunteers import model as _volunteers

__all__ = ["metadata"]

_MODELS = (_access, _erasures, _fields_of_activity, _lead_mandates, _organisations, _people, _territory, _volunteers)
metadata = Base.metadata
audit.attach(metadata)
erasure.attach(metadata)
