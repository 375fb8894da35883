"""The page for officers names addresses and files that exist."""

import re
from pathlib import Path

import pytest
from access_table.table import pages_of
from testkit.contracts import ROOT
from testkit.services import create_service
from testkit.tokens import Issuer

PAGE = ROOT / "docs" / "datenschutz.md"


def test_every_address_is_a_page_of_the_portal(issuer: Issuer) -> None:
    pages = {route.removeprefix("GET ") for route in pages_of(create_service("portal", issuer))}
    named = set(re.findall(r"`(/[^`]*)`", PAGE.read_text()))
    assert len(named) > 10
    assert {address for address in named if address.replace("…", "{network}") not in pages} == set()


@pytest.mark.parametrize("page", [PAGE, ROOT / "README.md"])
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()) if "://" not in link]
    assert links
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_leads_officers_there() -> None:
    assert "docs/datenschutz.md" in (ROOT / "README.md").read_text().partition("## Für das Amt")[2]
