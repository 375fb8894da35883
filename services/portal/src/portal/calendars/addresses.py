"""The addresses of calendars as people hand them on: https for copying, webcal for programs that open by themselves."""

from portal.settings import PortalSettings


def https(settings: PortalSettings, path: str) -> str:
    """The address to copy."""
    return f"{settings.public_url.rstrip('/')}{path}"


def webcal(settings: PortalSettings, path: str) -> str:
    """The address that opens the calendar program of a phone or computer."""
    return f"webcal://{https(settings, path).partition('://')[2]}"
