"""Addresses as QR codes for the camera of a phone: black on white also where the page is dark."""

import io

import segno
from markupsafe import Markup

_LOOK = {"border": 4, "dark": "#000", "light": "#fff"}


def picture(address: str) -> Markup:
    """For a page; as large as its place."""
    return Markup(code_of(address).svg_inline(scale=5, omitsize=True, **_LOOK))  # noqa: S704 - squares


def drawing(address: str) -> str:
    """For a document: SVG that stands alone."""
    buffer = io.BytesIO()
    code_of(address).save(buffer, kind="svg", scale=5, xmldecl=False, **_LOOK)
    return buffer.getvalue().decode()


def code_of(address: str) -> segno.QRCode:
    """The code itself. Level M (15 % may be hidden by a thumb or a fold) keeps the squares large enough for paper."""
    return segno.make(address, error="m", micro=False)
