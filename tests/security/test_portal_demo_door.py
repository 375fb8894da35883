"""The demo's door "log in as an example person" is in no other deployment: not as a route, a setting or a file."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from standalone.data_directory import DataDirectory
from standalone.pages import add_demo_pages
from testkit.clients import Clients
from testkit.services import create_service
from testkit.tokens import Issuer

ROOT = Path(__file__).parents[2]
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def portal(issuer: Issuer) -> FastAPI:
    """The portal as every deployment runs it, with the demo's setting copied into it."""
    return create_service("portal", issuer, login_url="/demo/anmelden")


async def test_outside_of_the_demo_nobody_answers_there(portal: FastAPI, client_for: Clients) -> None:
    browser = await client_for(portal)
    assert (await browser.get("/demo/anmelden")).status_code == 404
    answer = await browser.post("/demo/anmelden", data={"person": "landkreis"}, headers=OURS)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


async def test_control_in_the_demo_the_door_is_there(
    portal: FastAPI, issuer: Issuer, client_for: Clients, tmp_path: Path
) -> None:
    add_demo_pages(portal, create_service("registry", issuer), DataDirectory(tmp_path), with_mailbox=False)
    assert "Karin Wendelstein" in (await (await client_for(portal)).get("/demo/anmelden")).text


def test_the_images_of_the_services_do_not_contain_it() -> None:
    copied = [
        line.split()[1]
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY") and "standalone" in line
    ]
    assert copied, "the loader of example data is copied for the demo of Compose"
    package = ROOT / "deploy/standalone/src/standalone"
    for source in copied:
        files = [ROOT / source] if (ROOT / source).is_file() else list((ROOT / source).rglob("*.py"))
        assert package / "login_as.py" not in files
    assert "standalone" not in (ROOT / "requirements/runtime.txt").read_text()
