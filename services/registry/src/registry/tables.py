"""All tables of this service, for migrations: importing the models describes them."""

from shared.audit import tables as audit
from shared.erasure import tables as erasure
from shared.retention import tables as retention
from shared.web import rate_limits

from registry.access import model as _access
from registry.address_changes import model as _address_changes
from registry.api_clients import model as _api_clients
from registry.certificates import model as _certificates
from registry.consents import model as _consents
from registry.coverage import model as _coverage
from registry.database import Base
from registry.duplicates import model as _duplicates
from registry.erasures import model as _erasures
from registry.fields_of_activity import model as _fields_of_activity
from registry.freshness import model as _freshness
from registry.imports import model as _imports
from registry.lead_mandates import model as _lead_mandates
from registry.logins import model as _logins
from registry.mergers import model as _mergers
from registry.merging import organisations_model as _merging_organisations
from registry.merging import persons_model as _merged_persons
from registry.mutual_help import model as _mutual_help
from registry.network_contacts import model as _network_contacts
from registry.organisations import model as _organisations
from registry.people import model as _people
from registry.search import model as _search
from registry.sign_ups import model as _sign_ups
from registry.territory import model as _territory
from registry.volunteers import model as _volunteers

__all__ = ["metadata"]

_MODELS = (
    _access,
    _address_changes,
    _api_clients,
    _certificates,
    _consents,
    _duplicates,
    _coverage,
    _erasures,
    _fields_of_activity,
    _freshness,
    _imports,
    _lead_mandates,
    _logins,
    _mergers,
    _merging_organisations,
    _merged_persons,
    _mutual_help,
    _network_contacts,
    _organisations,
    _people,
    _search,
    _sign_ups,
    _territory,
    _volunteers,
)
metadata = Base.metadata
audit.attach(metadata)
erasure.attach(metadata)
rate_limits.attach(metadata)
retention.attach(metadata)
