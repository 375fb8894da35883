"""What the portal says of requests that go wrong."""

import httpx2
import portal.app
import structlog
from portal.settings import PortalSettings
from portal_platform import ORIGIN
from testkit.clients import break_off


async def test_a_browser_that_goes_away_while_sending_is_no_error(settings: PortalSettings) -> None:
    """Somebody closes the page while a form is on its way."""
    app = portal.app.create_app(settings, transport=httpx2.MockTransport(lambda _: httpx2.Response(503)))
    form = {"content_type": "application/x-www-form-urlencoded", "content_length": "1000"}
    with structlog.testing.capture_logs() as logs:
        await break_off(app, "/bescheinigung/ABCD", b"name=Otti", **form, **ORIGIN)
    said = [(one["event"], one["log_level"]) for one in logs if one["event"].startswith("request_")]
    assert said == [("request_broken_off", "info")]
