"""What browsers are told, and the refusal of requests that another site's page makes in a visitor's name."""

from urllib.parse import urlsplit

from shared.errors import Forbidden
from shared.i18n import N_
from starlette.requests import Request

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the icons of KERN are data: URLs in its stylesheet
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

SECRET_ADDRESSES = (
    "/antwort/",
    "/anmeldung/",
    "/newsletter/abbestellen/",
    "/mitmachen/bestaetigen/",
    "/konto/adresse/",
    "/eintrag/",
    "/bescheinigung/",
)
"""Pages whose address is a secret that was mailed: whoever knows it may act by it, mail programs too (RFC 8058)."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignRequest(Forbidden):
    """Cross-site request forgery, or a browser that hides where a form comes from."""

    code = "foreign_request"
    message = N_("This request did not come from our own page. Please open the page again and repeat it there.")


async def from_our_pages(request: Request) -> None:
    """Let an unsafe request pass only when the browser says that one of our own pages made it.

    Browsers send Sec-Fetch-Site on https and localhost, and Origin with every POST (Fetch standard); a page of another
    site can forge neither. Who holds a reply token needs no such proof: the secret in the address is what counts, and
    these pages hide their address, so that Origin is `null` there.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignRequest
        return
    origin = request.headers.get("origin", "null")
    if origin == "null" and request.url.path.startswith(SECRET_ADDRESSES):
        return
    own = {request.headers.get("host"), urlsplit(request.app.state.settings.public_url).netloc}
    if urlsplit(origin).netloc not in own:
        raise ForeignRequest
