"""No page is open by accident: each says who may open it."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from portal.app import create_app
from portal.settings import PortalSettings
from portal_routes import routes_of


def calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from calls(part)


def test_every_page_says_who_may_open_it(settings: PortalSettings) -> None:
    found = list(routes_of(create_app(settings)))
    assert len(found) > 50
    for route in found:
        assert any(hasattr(call, "access") for call in calls(route.dependant)), route.path
