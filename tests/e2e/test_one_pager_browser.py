"""The one-pager as people meet it: opened in a browser from a disk, on a phone, in the dark, on paper; no scripts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pypdf import PdfReader

from icp_synth.assets import template_dir
from icp_synth.records import Profile
from icp_synth.stages.render.page import page as render_page
from icp_synth.stages.render.view import view
from tests.stages.profile_fixture import empty_profile, profile_saying, rich_profile

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: install chromium to run this")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1200, "height": 1000}, java_script_enabled=False)
    yield made
    made.close()


def opened(context: BrowserContext, folder: Path, profile: Profile) -> Page:
    file = folder / "one-pager.html"
    file.write_bytes(render_page(view(profile), template_dir() / "one_pager"))
    page = context.new_page()
    page.goto(file.as_uri())
    return page


def test_nothing_is_fetched_and_nothing_is_refused(context: BrowserContext, tmp_path: Path) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    context.on("console", lambda message: complaints.append(message.text))
    page = opened(
        context, tmp_path, profile_saying("<img src=http://127.0.0.1:9/x onerror=alert(1)><style>*{color:red}</style>")
    )
    assert requests == [page.url]
    assert complaints == []  # a style sheet that its hash didn't allow would be reported here
    assert page.locator("h1").evaluate("e => getComputedStyle(e).fontSize") != "32px"


def test_a_claim_opens_in_place_by_keyboard_without_scripts(context: BrowserContext, tmp_path: Path) -> None:
    page = opened(context, tmp_path, rich_profile())
    claim = page.locator(".page-one details").filter(has_text="ringing round the same five people")
    mark = claim.locator("mark").first
    assert not mark.is_visible()
    claim.locator("summary").focus()
    page.keyboard.press("Enter")
    assert mark.is_visible()
    assert mark.inner_text() == "Every gap means ringing round the same five people, and they've stopped picking up."
    assert claim.locator(".place").first.inner_text() == "lines 12–14"


def test_a_status_can_be_picked_out_without_scripts(context: BrowserContext, tmp_path: Path) -> None:
    page = opened(context, tmp_path, rich_profile())
    shown = page.locator(".page-one .columns .claim:visible")
    everything = shown.count()
    page.get_by_role("radio", name="1 contested").check(force=True)
    assert shown.count() == 1
    assert page.locator(".columns h3:visible").all_inner_texts() == ["Proof"]
    page.get_by_role("radio", name="all", exact=True).check(force=True)
    assert shown.count() == everything


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize(
    "profile", [rich_profile(), empty_profile(), profile_saying("W" * 120)], ids=["rich", "empty", "long"]
)
def test_a_phone_never_scrolls_sideways(browser: Browser, tmp_path: Path, width: int, profile: Profile) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = opened(context, tmp_path, profile)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_the_page_follows_the_dark_of_the_system(browser: Browser, tmp_path: Path) -> None:
    backgrounds = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        backgrounds.add(
            opened(context, tmp_path, rich_profile()).evaluate("getComputedStyle(document.body).backgroundColor")
        )
        context.close()
    assert backgrounds == {"rgb(255, 255, 255)", "rgb(18, 21, 24)"}


def test_landmarks_and_names_are_there_for_a_screen_reader(context: BrowserContext, tmp_path: Path) -> None:
    page = opened(context, tmp_path, rich_profile())
    assert page.locator("html").get_attribute("lang") == "en"
    for role in ("banner", "main", "contentinfo", "navigation"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("region", name="Objections").count() == 2
    assert page.get_by_role("heading", level=1).inner_text() == rich_profile().name


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("times", [1, 2])
def test_page_one_is_one_page_of_paper_and_everything_behind_it_is_open(
    context: BrowserContext, tmp_path: Path, paper: str, times: int
) -> None:
    page = opened(context, tmp_path, fuller(times))
    for summary in page.locator(".appendix summary").all()[:3]:
        summary.click()
    page.get_by_role("radio", name="1 contested" if times == 1 else f"{times} contested").check(force=True)
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(page.pdf(format=paper))).pages]
    assert "First 30 days" in pages[0]
    assert "The evidence" not in pages[0]
    assert pages[1].lstrip().startswith("The evidence")
    behind = " ".join(" ".join(pages[1:]).split())
    for said in rich_profile().statements:
        if said.id in {e for s in rich_profile().sections for c in s.claims for e in (*c.evidence, *c.counter)}:
            assert said.quote in behind, said.quote


def fuller(times: int) -> Profile:
    """The rich profile with `times` as many claims in its pains, triggers, proof and first days."""
    profile = rich_profile()
    repeated = {"pains", "triggers", "proof", "first_30_days"}
    sections = tuple(
        s.model_copy(update={"claims": s.claims * times}) if s.key in repeated else s for s in profile.sections
    )
    return profile.model_copy(update={"sections": sections})
