"""The pages that only a demo has, added to the portal: its mailbox, logging in as an example person, a municipality."""

from fastapi import Depends, FastAPI
from jinja2 import ChoiceLoader, PackageLoader
from portal.web.templating import create_templates
from shared.access.dependencies import public
from shared.i18n import Translator

from standalone import login_as, municipal_calendar
from standalone.data_directory import DataDirectory
from standalone.mailbox import routes as mailbox
from standalone.mailbox.reading import Mails


def add_demo_pages(portal: FastAPI, registry: FastAPI, data: DataDirectory, *, with_mailbox: bool) -> None:
    """Make the pages part of the portal, in its look. There is no mailbox where mail goes to a real server."""
    translate = Translator("standalone", "portal")
    templates = create_templates(portal.state.settings, portal.state.static, translate)
    templates.loader = ChoiceLoader([PackageLoader("portal"), PackageLoader("standalone")])
    portal.state.templates = templates
    portal.state.registry = registry
    portal.include_router(login_as.router, dependencies=[Depends(public)])
    portal.include_router(municipal_calendar.router, dependencies=[Depends(public)])
    if with_mailbox:
        portal.state.mails = Mails(data.mailbox)
        portal.include_router(mailbox.router, dependencies=[Depends(public)])
