"""What a reader gets from a profile: five artifacts that agree with one another and show hostile text literally."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from icp_synth.assets import golden_dir, prompt_dir, template_dir
from icp_synth.errors import AdmissionError
from icp_synth.records import Claim, Locator, Profile, ProfileStatement, Section, Unit
from icp_synth.stages.render import profile_schema, render
from icp_synth.stages.render.markdown import markdown
from icp_synth.stages.render.page import page
from icp_synth.stages.render.view import ClaimView, PageView, shown, view
from icp_synth.stages.render.wording import place
from tests.stages.profile_fixture import empty_profile, profile_saying, rich_profile

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    "]]> --> </style>",
    "{{7*7}} {% raw %}",
    '#eval("x") $x$ @ref <label>',
    "| a `b` **c** [d](http://e.example)",
    "=SUM(A1:A9)",
    "- 1. # not a list",
    "&lt;b&gt; \\n \\u0041",
)
WORLD = "naïve Ωμέγα Привет שלום مرحبا 日本語 🎉 e\u0301"


@pytest.fixture(scope="module")
def rich() -> dict[str, bytes]:
    return rendered(rich_profile())


def rendered(profile: Profile) -> dict[str, bytes]:
    return {a.name: a.data for a in render(profile, template_dir())}


def texts(artifacts: Mapping[str, bytes]) -> dict[str, str]:
    """What a reader of each format reads, with white space folded."""
    page_text = HTMLParser(artifacts["one-pager.html"]).body
    assert page_text is not None
    document = Document(io.BytesIO(artifacts["one-pager.docx"]))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    read = {
        "html": page_text.text(),
        "md": html.unescape(re.sub(r"</?[a-z][^<>]*>", "", markdown_html(artifacts["one-pager.md"]))),
        "docx": "\n".join([p.text for p in document.paragraphs] + cells),
        "pdf": "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(artifacts["one-pager.pdf"])).pages),
    }
    return {k: re.sub(r"\s+", " ", v) for k, v in read.items()}


def markdown_html(data: bytes) -> str:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(parser.render(data.decode()))


# ---------------------------------------------------------------- the five artifacts


def test_a_profile_becomes_five_files(rich: dict[str, bytes]) -> None:
    assert list(rich) == ["profile.json", "one-pager.html", "one-pager.md", "one-pager.pdf", "one-pager.docx"]
    assert all(rich.values())


def test_the_same_profile_gives_the_same_bytes_in_another_process_and_time_zone(rich: dict[str, bytes]) -> None:
    script = (
        "import hashlib; from tests.stages.profile_fixture import rich_profile;"
        "from icp_synth.assets import template_dir; from icp_synth.stages.render import render;"
        "print([hashlib.sha256(a.data).hexdigest() for a in render(rich_profile(), template_dir())])"
    )
    environment = {"PYTHONPATH": str(ROOT), "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    out = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert out.stdout.strip() == str([hashlib.sha256(d).hexdigest() for d in rich.values()])


def test_every_format_carries_every_quote_with_its_place(rich: dict[str, bytes]) -> None:
    for name, text in texts(rich).items():
        for claim in all_claims(view(rich_profile())):
            assert claim.text in text, name
            for quote in (*claim.evidence, *claim.counter):
                assert quote.quote in text, (name, quote.quote)
                assert quote.place in text, (name, quote.place)
        for gap in rich_profile().gaps:
            assert gap.what in text


def all_claims(shown: PageView) -> list[ClaimView]:
    return [c for part in shown.parts for top in part.claims for c in (top, *top.rebuttals)]


# ---------------------------------------------------------------- profile.json


def test_profile_json_is_the_record_and_reads_back_unchanged(rich: dict[str, bytes]) -> None:
    text = rich["profile.json"].decode()
    assert Profile.model_validate_json(text) == rich_profile()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_the_published_schema_is_current_and_holds_what_is_rendered(rich: dict[str, bytes]) -> None:
    published = (ROOT / "docs" / "profile.schema.json").read_text(encoding="utf-8")
    assert published == profile_schema()
    validator = Draft202012Validator(json.loads(published))
    Draft202012Validator.check_schema(validator.schema)
    for profile in (rich_profile(), empty_profile(), profile_saying("x")):
        validator.validate(json.loads(rendered(profile)["profile.json"]))
    broken = json.loads(rich["profile.json"])
    broken["sections"][0]["claims"][0]["status"] = "certain"
    assert not validator.is_valid(broken)


# ---------------------------------------------------------------- what may be shown, and how


def test_a_claim_without_evidence_cannot_be_rendered() -> None:
    profile = profile_saying("x")
    part = profile.sections[0]
    uncited = part.model_copy(update={"claims": (part.claims[0].model_copy(update={"evidence": ()}),)})
    with pytest.raises(AdmissionError, match="c1 cites no evidence"):
        view(profile.model_copy(update={"sections": (uncited,)}))


def test_a_claim_that_cites_what_is_not_there_cannot_be_rendered() -> None:
    with pytest.raises(AdmissionError, match="c1 cites statement 'q1'"):
        view(profile_saying("x").model_copy(update={"statements": ()}))


def test_only_verbatim_words_stand_in_quotation_marks(rich: dict[str, bytes]) -> None:
    claims = {c.text: c for c in all_claims(view(rich_profile()))}
    reported = claims["payroll still had to be keyed in twice every month"]
    assert reported.reported
    assert not reported.spoken
    assert claims["I want to know on Monday that the weekend is safe."].spoken
    for name, text in texts(rich).items():
        if name != "html":  # there, the quotation marks are the style sheet's
            assert f"“{reported.text}" not in text
            assert "“I want to know on Monday" in text
        assert "reported by note-taker" in text


def test_counter_evidence_stands_beside_what_it_contradicts(rich: dict[str, bytes]) -> None:
    contested = HTMLParser(rich["one-pager.html"]).css_first("#claim-18 .against")
    assert contested is not None
    assert "Said otherwise" in contested.text()
    assert "She told us agency hours had not moved at all" in contested.text()
    for text in texts(rich).values():
        assert text.index("90 in the first two months. I can send") < text.rindex("She told us agency hours had not")


def test_facts_stand_under_their_line_in_every_format_with_the_quote_that_says_them(rich: dict[str, bytes]) -> None:
    for name, text in texts(rich).items():
        loose = text.replace(": ", " ").replace(":", " ")
        for told in ("impact We pay agency rates every weekend", "wish people can plan their lives", "date March"):
            assert told in " ".join(loose.split()), (name, told)
        for told in (
            "The finance director decides",
            "one enormous spreadsheet dropped",
            "number 90 a week",
            "from 310 a week",
        ):
            assert told in " ".join(loose.split()), (name, told)
        assert "from a lost account" in " ".join(loose.split()), name
        assert "said beside it" in text, name
    payroll = next(c for c in all_claims(view(rich_profile())) if c.text.startswith("payroll still"))
    assert [(fact.label, fact.number) for fact in payroll.facts] == [("wish", f"{payroll.number}.2")]
    assert payroll.evidence[1].quote == "Publish the rota four weeks out so that people can plan their lives."


def test_page_one_leaves_out_what_the_line_says_itself_and_cuts_what_is_long() -> None:
    claims = {c.text: c for c in all_claims(view(rich_profile()))}
    inspection = claims["After the inspection the owners wanted a plan for staffing records in thirty days."]
    assert inspection.brief == (("date", "March"),), "the event is in the line; a date is looked for at a glance"
    assert [fact.label for fact in inspection.facts] == ["event", "date"]
    long = view(profile_saying("word " * 40)).parts[0].claims[0]
    assert long.brief == () and long.facts[0].text.count("word") == 40


def test_a_figure_is_said_in_the_order_in_which_it_was_said() -> None:
    profile = rich_profile()

    def told(quote: str, number: str, unit: str, *baseline: str) -> list[str]:
        named = [("number", number), ("unit", unit), *(("baseline", b) for b in baseline)]
        facts = [{"name": name, "text": text, "statement": "st-70"} for name, text in named]
        said = [s.model_copy(update={"quote": quote}) if s.id == "st-70" else s for s in profile.statements]
        claim = next(c for s in profile.sections for c in s.claims if c.id == "cl-hours")
        changed = Claim.model_validate({**claim.model_dump(), "facts": facts})
        section = Section(key="proof", title="Proof", claims=(changed,))
        made = profile.model_copy(update={"statements": tuple(said), "sections": (section,)})
        return [fact.text for fact in view(made).parts[0].claims[0].facts]

    assert told("It fell by about 30%.", "30%", "fell by") == ["fell by 30%"]
    assert told("Fitting takes 4 hours.", "4", "hours") == ["4 hours"]
    assert told("From 9 days to 2.", "2", "days", "9 days") == ["2 days", "9 days"]
    assert told("Win rate went from 18 to 27%.", "27%", "Win rate", "18") == ["Win rate: 27%", "18"]


def test_a_rebuttal_sits_under_the_objection_that_it_answers() -> None:
    objections = next(p for p in view(rich_profile()).parts if p.key == "objections")
    assert [c.text[:10] for c in objections.claims] == ["My carers ", "Four pound"]
    assert [r.text[:10] for r in objections.claims[0].rebuttals] == ["The text m"]


def test_claims_that_answer_each_other_are_all_shown() -> None:
    profile = rich_profile()
    at, part = next((i, s) for i, s in enumerate(profile.sections) if s.key == "objections")
    a, b, c = part.claims
    circle = (a.model_copy(update={"answers": c.id}), b, c)
    sections = (*profile.sections[:at], part.model_copy(update={"claims": circle}), *profile.sections[at + 1 :])
    shown = next(p for p in view(profile.model_copy(update={"sections": sections})).parts if p.key == "objections")
    assert len(shown.claims) + sum(len(x.rebuttals) for x in shown.claims) == 3


def test_unknown_accounts_are_counted_apart_and_hypotheses_are_called_so(rich: dict[str, bytes]) -> None:
    for text in texts(rich).values():
        assert "2 of 7 accounts" in text
        assert "+ 1 source of unknown account" in text
        assert "hypothesis" in text


def test_an_empty_profile_says_why_in_every_part_and_format() -> None:
    for text in texts(rendered(empty_profile())).values():
        assert text.count("Insufficient evidence: no customer speaks of it.") >= 12
        assert "No evidence yet." in text


@pytest.mark.parametrize(
    ("unit", "first", "last", "lines", "expected"),
    [
        ("line", 40, 60, (45, 45), "line 45"),
        ("line", 40, 60, (12, 14), "lines 12–14"),
        ("line", 40, 60, None, "lines 40–60"),
        ("row", 7, 7, None, "row 7"),
        ("page", 3, 3, (1, 2), "page 3"),
        ("paragraph", 9, 9, None, "paragraph 9"),
        ("item", 2, 3, None, "items 2–3"),
        ("time", 151.4, 160, (45, 45), "02:31"),
        ("time", 3725, 3725, None, "1:02:05"),
    ],
)
def test_a_place_reads_as_a_person_would_say_it(
    unit: Unit, first: float, last: float, lines: tuple[int, int] | None, expected: str
) -> None:
    said = rich_profile().statements[0]
    update = {"locator": Locator(unit=unit, first=first, last=last), "lines": lines}
    assert place(ProfileStatement.model_validate(said.model_dump() | update)) == expected


def test_a_long_support_bar_never_looks_empty_or_full_when_it_is_not() -> None:
    profile = profile_saying("x")
    for accounts, of_accounts in ((1, 900), (899, 900), (900, 900), (3, 7)):
        part = profile.sections[0]
        support = part.claims[0].support.model_copy(update={"accounts": accounts, "of_accounts": of_accounts})
        claim = part.claims[0].model_copy(update={"support": support})
        changed = profile.model_copy(update={"sections": (part.model_copy(update={"claims": (claim,)}),)})
        bar = view(changed).parts[0].claims[0].segments
        assert any(bar)
        assert all(bar) == (accounts == of_accounts)
        assert len(bar) <= 20


# ---------------------------------------------------------------- hostile and foreign text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_literally_in_every_format(text: str) -> None:
    artifacts = rendered(profile_saying(text))
    for name, read in texts(artifacts).items():
        squeezed = read.replace(" ", "") if name == "pdf" else read  # where a PDF's line breaks, spaces are lost
        wanted = text.replace(" ", "") if name == "pdf" else text
        # name, claim, quote with both contexts, question, account, path, cell, gap and note at the least
        assert squeezed.count(wanted) >= 12, (name, squeezed.count(wanted))
    assert json.loads(artifacts["profile.json"])["statements"][0]["quote"] == text


@settings(max_examples=60, deadline=None)
@given((st.text(st.sampled_from("\\`*_[]{}<>|~&#$!-+=.1 ():/x\n"), max_size=40) | st.text(max_size=40)).filter(shown))
def test_no_text_becomes_markup(text: str) -> None:
    seen = view(profile_saying(text))
    folder = template_dir() / "one_pager"
    plain = HTMLParser(page(view(profile_saying("x")), folder))
    tree = HTMLParser(page(seen, folder))
    for tag in ("script", "a", "p", "details", "mark", "li", "td"):
        assert len(tree.css(tag)) == len(plain.css(tag))
    mark = tree.css_first("mark")
    assert mark is not None
    assert mark.text() == shown(text)
    made = markdown_html(markdown(seen, folder))
    empty = markdown_html(markdown(view(profile_saying("x")), folder))
    for tag in ("<h1", "<h2", "<h4", "<td", "<th", "<blockquote", "<li", "<code", "<pre", "<hr", "<img", "<em", "<s>"):
        assert made.count(tag) == empty.count(tag), tag


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_a_format(text: str) -> None:
    artifacts = rendered(profile_saying(text))
    assert PdfReader(io.BytesIO(artifacts["one-pager.pdf"])).pages
    assert Document(io.BytesIO(artifacts["one-pager.docx"])).paragraphs


def test_the_scripts_of_the_world_survive_and_the_pdf_owns_up_to_missing_glyphs() -> None:
    read = texts(rendered(profile_saying(WORLD)))
    for name in ("html", "md", "docx"):
        assert WORLD in read[name]
    assert "Привет" in read["pdf"]
    assert "no glyph" in read["pdf"]
    assert "no glyph" not in texts(rendered(rich_profile()))["pdf"]


def test_control_and_reordering_characters_never_reach_the_reader() -> None:
    read = texts(rendered(profile_saying("a\x00b \u202egnp.exe\u202c c\x1bd")))
    for name in ("html", "md", "docx"):
        assert "a\ufffdb gnp.exe c\ufffdd" in read[name]


# ---------------------------------------------------------------- each format's own promises


def test_the_page_is_self_contained_and_allows_nothing_but_its_own_style(rich: dict[str, bytes]) -> None:
    tree = HTMLParser(rich["one-pager.html"])
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]")
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'",
        policy.attributes["content"] or "",
    )
    assert not tree.css("script, link, img, iframe, object, embed, [style], [onclick]")
    assert "url(" not in rich["one-pager.html"].decode()
    assert all(str(a.attributes["href"]).startswith("#") for a in tree.css("a"))


def test_ids_are_unique_and_links_and_labels_arrive(rich: dict[str, bytes]) -> None:
    tree = HTMLParser(rich["one-pager.html"])
    ids = [n.attributes["id"] for n in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    for link in tree.css("a"):
        assert str(link.attributes["href"])[1:] in ids
    for labelled in tree.css("[aria-labelledby]"):
        assert labelled.attributes["aria-labelledby"] in ids


def test_headings_go_down_one_level_at_a_time(rich: dict[str, bytes]) -> None:
    levels = [int(str(h.tag)[1]) for h in HTMLParser(rich["one-pager.html"]).css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_text_and_chips_keep_their_contrast_in_light_and_dark() -> None:
    css = (template_dir() / "one_pager" / "one_pager.css").read_text(encoding="utf-8")
    schemes = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colour = {
            k: v if len(v) == 6 else "".join(c * 2 for c in v) for k, v in re.findall(r"--(\w+): #([0-9a-f]+)", scheme)
        }
        for ink in ("ink", "muted", "accent"):
            for paper in ("paper", "faint"):
                assert contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)
        assert contrast(colour["ink"], colour["wash"]) >= 4.5
        assert contrast(colour["accent"], colour["off"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 for two sRGB colours."""

    def luminance(colour: str) -> float:
        channels = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
        linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_pdf_keeps_page_one_to_one_page_and_links_claims_to_evidence(rich: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(rich["one-pager.pdf"]))
    first, second = reader.pages[0].extract_text(), reader.pages[1].extract_text()
    assert "First 30 days" in first
    assert "The evidence" not in first
    assert second.startswith("The evidence")
    assert f"2 of {len(reader.pages)}" in second
    links = list(reader.pages[0].annotations or ())
    assert len(links) >= 15
    assert not any("/URI" in link.get_object().get("/A", {}) for link in links)
    assert fonts(reader) <= {"LibertinusSerif", "DejaVuSansMono"}


def fonts(reader: PdfReader) -> set[str]:
    """The families embedded in a PDF."""
    names: set[str] = set()
    for one in reader.pages:
        used, _ = one._get_fonts()
        names |= used
    return {n.split("+")[-1].split("-")[0] for n in names}


def test_a_long_path_stays_on_the_page_of_the_pdf() -> None:
    long = "a" * 400
    text = "\n".join(
        p.extract_text() for p in PdfReader(io.BytesIO(rendered(profile_saying(long))["one-pager.pdf"])).pages
    )
    assert long in re.sub(r"[\s\u200b]", "", text)
    assert max(line.count("a") for line in text.splitlines()) < 200  # in a column's small type, a line holds about 90


def test_the_document_has_styles_properties_and_no_clock(rich: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(rich["one-pager.docx"]))
    styles = {p.style.name for p in document.paragraphs if p.style}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "List Bullet 2", "Quote"} <= styles
    assert str(document.core_properties.created).startswith("2026-11-22")
    assert document.core_properties.author == "icp-synth"
    with zipfile.ZipFile(io.BytesIO(rich["one-pager.docx"])) as archive:
        assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_assets_are_found_in_the_checkout() -> None:
    assert (template_dir() / "one_pager" / "one_pager.html.j2").is_file()
    assert prompt_dir().name == "prompts"
    assert golden_dir().is_dir()
