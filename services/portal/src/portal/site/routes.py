"""Pages about the site itself."""

from fastapi import APIRouter, Depends
from shared.access.dependencies import public
from shared.errors import Unavailable
from starlette.responses import PlainTextResponse, Response

from portal.oversight.register import read_periods
from portal.site import queries
from portal.web.view import PageView

router = APIRouter(dependencies=[Depends(public)])

FOR_AN_HOUR = {"cache-control": "public, max-age=3600"}


@router.get("/barrierefreiheit")
async def show_accessibility(view: PageView) -> Response:
    """The declaration that § 16 BGG LSA and Directive (EU) 2016/2102 ask for, with a way to complain."""
    return view.render("site/accessibility.html")


@router.get("/leichte-sprache")
async def show_easy_language(view: PageView) -> Response:
    """What this is, in Leichte Sprache."""
    return view.render("site/easy_language.html")


@router.get("/impressum")
async def show_imprint(view: PageView) -> Response:
    """Who answers for these pages (§ 5 DDG)."""
    return view.render("site/imprint.html")


@router.get("/datenschutz")
async def show_privacy(view: PageView) -> Response:
    """What happens to personal data (Art. 13 GDPR). Without the services it is shorter by the list of periods."""
    try:
        periods = await read_periods(view)
    except Unavailable:
        periods = []
    return view.render("site/privacy.html", periods=periods)


@router.get("/robots.txt")
async def robots(view: PageView) -> PlainTextResponse:
    """Search engines may read what is for everybody to read."""
    base = view.settings.public_url.rstrip("/")
    closed = "".join(f"Disallow: {path}\n" for path in ("/antwort/", "/anmelden", "/ereignisse/live", "/api/"))
    return PlainTextResponse(f"User-agent: *\n{closed}\nSitemap: {base}/sitemap.xml\n", headers=FOR_AN_HOUR)


@router.get("/sitemap.xml")
async def sitemap(view: PageView) -> Response:
    """Every public page (sitemaps.org)."""
    base = view.settings.public_url.rstrip("/")
    paths = await view.read(queries.public_paths)
    text = view.request.app.state.templates.get_template("site/sitemap.xml").render(
        urls=[base + path for path in paths]
    )
    return Response(text, media_type="application/xml", headers=FOR_AN_HOUR)
