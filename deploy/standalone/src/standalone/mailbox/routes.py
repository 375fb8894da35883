"""The pages of the demo's mailbox."""

import re
from email.message import EmailMessage
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from portal.web.security import POLICY
from portal.web.view import PageView
from shared.errors import NotFound
from starlette.responses import Response

from standalone.mailbox.reading import Mails, Summary, body_of, content_of, entries_of, parts_of

router = APIRouter()

_PER_PAGE = 50
_FRAMING_POLICY = f"{POLICY}; frame-src 'self'"
# A mail is shown as a document of its own without scripts, forms or an origin; its links open in the whole window.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)

Key = Annotated[str, Path(max_length=200)]


@router.get("/mailbox")
async def list_mails(view: PageView, page: Annotated[int, Query(alias="seite", ge=1, le=1000)] = 1) -> Response:
    """All mails of the demo, newest first."""
    mails, total = _mails(view.request).newest(offset=(page - 1) * _PER_PAGE, limit=_PER_PAGE)
    return view.render("demo/mailbox.html", mails=mails, total=total, page=page, pages=-(-total // _PER_PAGE))


@router.get("/mailbox/{key}")
async def show_mail(view: PageView, key: Key) -> Response:
    """One mail with its calendar entry."""
    summary, mail = _find(view.request, key)
    answer = view.render(
        "demo/mail.html",
        mail=summary,
        has_html=body_of(mail, "html") is not None,
        text=body_of(mail, "plain"),
        entries=entries_of(mail),
        parts=parts_of(mail),
    )
    answer.headers["content-security-policy"] = _FRAMING_POLICY
    return answer


@router.get("/mailbox/{key}/html")
async def show_html(request: Request, key: Key) -> Response:
    """The mail's HTML, for the frame on its page."""
    html = body_of(_find(request, key)[1], "html")
    if html is None:
        raise NotFound
    headers = {"content-security-policy": _MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}
    return Response(_in_whole_window(html), media_type="text/html; charset=utf-8", headers=headers)


@router.get("/mailbox/{key}/teile/{number}")
async def download(request: Request, key: Key, number: Annotated[int, Path(ge=0, le=1000)]) -> Response:
    """An attachment or calendar entry."""
    found = content_of(_find(request, key)[1], number)
    if found is None:
        raise NotFound
    part, content = found
    name = re.sub(r"[^A-Za-z0-9._-]", "_", part.name)
    return Response(
        content, media_type=part.media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@router.get("/mailbox/{key}/quelltext")
async def show_source(request: Request, key: Key) -> Response:
    """The mail as it came over SMTP."""
    source = _mails(request).source(key)
    if source is None:
        raise NotFound
    return Response(source, media_type="text/plain; charset=utf-8")


def _mails(request: Request) -> Mails:
    mails: Mails = request.app.state.mails
    return mails


def _find(request: Request, key: str) -> tuple[Summary, EmailMessage]:
    found = _mails(request).read(key)
    if found is None:
        raise NotFound
    return found


def _in_whole_window(html: str) -> str:
    """Make links leave the frame."""
    base = '<base target="_top">'
    return _HEAD.sub(lambda head: head[0] + base, html, count=1) if _HEAD.search(html) else base + html
