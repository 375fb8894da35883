"""The addresses of calendars as people hand them on: https for copying, webcal for programs that open by themselves."""

import segno
from markupsafe import Markup

from portal.settings import PortalSettings


def https(settings: PortalSettings, path: str) -> str:
    """The address to copy."""
    return f"{settings.public_url.rstrip('/')}{path}"


def webcal(settings: PortalSettings, path: str) -> str:
    """The address that opens the calendar program of a phone or computer."""
    return f"webcal://{https(settings, path).partition('://')[2]}"


def picture(address: str) -> Markup:
    """The address as a QR code for the camera of a phone: black on white also where the page is dark."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704 - squares
