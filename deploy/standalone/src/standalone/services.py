"""The four services with the settings that fit into one process."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import events.app
import events.settings
import events.worker
import notifications.app
import notifications.settings
import notifications.worker
import portal.app
import portal.settings
import portal.worker
import registry.app
import registry.settings
import registry.worker
from fastapi import FastAPI
from shared.erasure.make_keys import PUBLIC, make_keys
from shared.i18n import N_, Translator
from shared.messaging.worker import Worker

from standalone.data_directory import DataDirectory
from standalone.signing_key import signing_key

_POOL = 3  # connections of each of the eight parts; more are opened when they are needed


@dataclass(frozen=True)
class Place:
    """Where this process is reached: by people, and by itself."""

    public_url: str
    own_url: str


@dataclass(frozen=True)
class Service:
    name: str
    app: FastAPI
    worker: Worker


def build_services(
    place: Place,
    database_urls: Mapping[str, str],
    data: DataDirectory,
    smtp_port: int | None,
    translator: Translator,
) -> list[Service]:
    """Registry, events, notifications and the portal. Without `smtp_port` mail goes where DORFNETZ_SMTP_HOST says.

    What is set in the environment wins over what is written here.
    """

    receipts = make_keys(data.receipt_keys)

    def common(service: str) -> dict[str, Any]:
        return {
            "database_url": database_urls[service],
            "public_url": place.public_url,
            "jwks_url": f"{place.own_url}/api/registry/.well-known/jwks.json",
            "database_pool_size": _POOL,
            "registry_url": f"{place.own_url}/api/registry",
            "receipt_key": json.dumps(receipts[service].as_dict(private=True)),
        }

    mail: dict[str, Any] = (
        {} if smtp_port is None else {"smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_tls": "none"}
    )
    names = _unless_set(
        mail_from="dorfnetz@landkreis.example",
        mail_from_name="Dorfnetz",
        mail_reply_to="ehrenamt@landkreis.example",
        mail_reply_to_name="Büro für Ehrenamt",
    )
    notice = N_("This is a demo: all people and associations are invented, and no mail leaves this machine.")
    pages: dict[str, Any] = {
        **_unless_set(login_url="/demo/anmelden", notice=translator.gettext(notice)),
        **{f"{service}_url": f"{place.own_url}/api/{service}" for service in ("events", "notifications")},
    }
    if smtp_port is not None:
        pages["notice_link"] = ("/mailbox", translator.gettext(N_("To the mailbox")))
    registry_settings = registry.settings.RegistrySettings(
        **common("registry"),
        signing_key=signing_key(data.signing_key),
        receipt_keys=(data.receipt_keys / PUBLIC).read_text(),
        erasure_journal=data.erasure_journal,
    )
    calendars = _unless_set(events_calendars_from="127.0.0.1,::1")  # the demo's municipality is on this machine, too
    of_events = {name.removeprefix("events_"): value for name, value in calendars.items()}
    events_settings = events.settings.EventsSettings(**common("events"), **of_events)
    notifications_settings = notifications.settings.NotificationsSettings(**common("notifications"), **mail, **names)
    portal_settings = portal.settings.PortalSettings(**common("portal"), **pages)
    return [
        Service(
            "registry", registry.app.create_app(registry_settings), registry.worker.create_worker(registry_settings)
        ),
        Service("events", events.app.create_app(events_settings), events.worker.create_worker(events_settings)),
        Service(
            "notifications",
            notifications.app.create_app(notifications_settings),
            notifications.worker.create_worker(notifications_settings),
        ),
        Service("portal", portal.app.create_app(portal_settings), portal.worker.create_worker(portal_settings)),
    ]


def _unless_set(**values: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f"DORFNETZ_{name.upper()}" not in os.environ}
