"""What holds for each page: nobody is left out, nothing leaves the host."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]

OpenBrowser = Callable[..., BrowserContext]
Watch = Callable[..., Any]


def test_no_barrier_that_axe_can_find(open_browser: OpenBrowser, paths: dict[str, str]) -> None:
    page = open_browser("netzwerk").new_page()
    axe = Axe()
    found = {}
    for name, path in paths.items():
        page.goto(path)
        result = axe.run(page)
        if result.violations_count:
            found[name] = result.generate_report()
    assert not found, "\n".join(f"{name}: {report}" for name, report in found.items())


def test_no_request_leaves_the_host_and_no_policy_is_broken(
    open_browser: OpenBrowser, paths: dict[str, str], watch: Watch
) -> None:
    context = open_browser("netzwerk")
    for name, path in paths.items():
        page = context.new_page()
        watched = watch(page)
        page.goto(path, wait_until="load")
        page.wait_for_timeout(100)
        assert watched.foreign == [], name
        expected = [text for text in watched.complaints if "404" not in text]  # the browser's remark on a missing page
        assert expected == [], name
        page.close()


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (640, "200%"), (1280, "200%")])
def test_no_sideways_scrolling(open_browser: OpenBrowser, paths: dict[str, str], width: int, text: str) -> None:
    page = open_browser("netzwerk", viewport={"width": width, "height": 800}).new_page()
    for name, path in paths.items():
        page.goto(path)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{name} is {sideways} px too wide at {width} px with {text} text"


def test_keyboard_alone(open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    page.goto("/n/heidedoerfer")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["y"] >= 0, "it can be seen when it has the focus"  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    join = page.get_by_role("link", name="Mitmachen").first
    expect(join).to_be_focused()
    outline = join.evaluate("element => getComputedStyle(element).outlineStyle + getComputedStyle(element).boxShadow")
    assert outline != "nonenone", "the focus can be seen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/mitmachen$"))
    box = page.get_by_label("Gesundheit")
    for _ in range(60):
        if box.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def test_touch_targets_are_large_enough(open_browser: OpenBrowser) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 px; buttons and fields of ours have 44."""
    page = open_browser("netzwerk", viewport={"width": 390, "height": 800}).new_page()
    page.goto("/n/heidedoerfer/treffen/neu")
    for target in page.locator(
        "main button:visible, main .kern-btn:visible, main input:not([type=radio], [type=checkbox]):visible, "
        "main select:visible, main .kern-form-check:visible"  # a choice is touched by its words, too
    ).all():
        box = target.bounding_box()
        if box is not None and box["width"] > 2:
            assert box["height"] >= 44, target.evaluate("element => element.outerHTML")


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/api/registry/docs", "/territory"), ("/api/events/asyncapi", "events.meeting.published.v1")],
)
def test_the_documents_of_the_interfaces_are_drawn(
    open_browser: OpenBrowser, watch: Watch, path: str, shown: str
) -> None:
    page = open_browser().new_page()
    watched = watch(page)
    page.goto(path)
    expect(page.locator("#document")).to_contain_text(shown)  # further down it is drawn on scrolling
    assert watched.foreign == []
