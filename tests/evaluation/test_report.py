"""The page of a report: it says what the figures say, at the right places, and does nothing that a text in it asks for."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from icp_synth.evaluation.metrics import Figure
from icp_synth.evaluation.report import page
from icp_synth.evaluation.results import SUITES, Bin, Case, Report, Result

UNCLOSED = {"meta", "link", "br", "input", "img", "hr"}


def figure(value: float | None, low: float | None = None, high: float | None = None, **more: str) -> Figure:
    return Figure.model_validate({"value": value, "low": low, "high": high, **more})


def result(**given: object) -> Result:
    start = {
        "suite": "interviews",
        "set": "rota",
        "reader": "extractive-9",
        "figures": {"recall": figure(0.7, 0.6, 0.8)},
    }
    return Result.model_validate(start | given)


def report(*results: Result, version: str = "9.9") -> Report:
    return Report(version=version, analyst="extractive-9", embedder="small-net", detector="structure", results=results)


def shown(*results: Result, earlier: Report | None = None) -> HtmlElement:
    return html.document_fromstring(page(report(*results), earlier))


def select(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """What is found by tags and classes below each other, such as ``table.plot td``: as much of CSS as these tests need."""
    path = ".//" + "//".join(
        (step.split(".")[0] or "*")
        + "".join(f"[contains(concat(' ', @class, ' '), ' {name} ')]" for name in step.split(".")[1:])
        for step in css.split()
    )
    return list(tree.xpath(path))


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(tree: HtmlElement, caption: str = "Figures of") -> dict[str, HtmlElement]:
    """The rows of the plots whose caption starts so, by the name of the figure."""
    plots = [one for one in select(tree, "table.plot") if text(one.find("caption")).startswith(caption)]
    return {text(select(row, "th bdi")[0]): row for plot in plots for row in select(plot, "tbody tr")}


def values(row: HtmlElement) -> list[str]:
    return [text(one) for one in select(row, ".value")]


def part(tree: HtmlElement, title: str) -> HtmlElement:
    (found,) = [one for one in select(tree, ".part") if text(one.find("h4")) == title]
    return found


# ---------------------------------------------------------------- figures


def test_every_figure_of_every_reader_is_shown_with_its_interval() -> None:
    ours = result(figures={"core_recall": figure(0.714, 0.601, 0.829), "precision": figure(0.4, 0.25, 0.5)})
    naive = result(reader="naive", figures={"core_recall": figure(0.871, 0.79, 0.951), "extra": figure(1.0, 1.0, 1.0)})
    found = rows(shown(ours, naive))
    assert list(found) == ["core recall", "precision", "extra"]
    assert values(found["core recall"]) == ["extractive-9: 0.71 0.60–0.83", "naive: 0.87 0.79–0.95"]
    assert values(found["precision"]) == ["extractive-9: 0.40 0.25–0.50", "naive: –"]
    assert values(found["extra"]) == ["extractive-9: –", "naive: 1.00 1.00–1.00"]


def test_dots_and_whiskers_stand_where_their_values_are() -> None:
    row = rows(shown(result(), result(reader="naive", figures={"recall": figure(0.25, 0.125, 0.5)})))["recall"]
    ours, naive = select(row, "line.whisker")
    assert (ours.get("x1"), ours.get("x2")) == ("60.00%", "80.00%")
    assert (naive.get("x1"), naive.get("x2")) == ("12.50%", "50.00%")
    first, second = select(row, "svg.point")
    assert (first.get("x"), second.get("x")) == ("70.00%", "25.00%")
    assert (first.get("y"), second.get("y")) == (ours.get("y1"), naive.get("y1"))
    assert ours.get("y1") == ours.get("y2") != naive.get("y1"), "each reader has a lane of its own"


def test_ours_is_filled_and_first_and_peers_differ_in_shape() -> None:
    peers = [result(reader=name) for name in ("naive", "other", "third")]
    row = rows(shown(*peers, result()))["recall"]
    assert [one.get("class") for one in select(row, ".mark")] == [
        "mark ours",
        "mark ring",
        "mark square",
        "mark diamond",
    ]
    assert values(row)[0].startswith("extractive-9:")


def test_the_first_reader_is_ours_where_none_is_named_like_what_the_report_was_made_with() -> None:
    row = rows(shown(result(suite="pii", reader="a"), result(suite="pii", reader="b")))["recall"]
    assert [text(one).split(":")[0] for one in select(row, ".value.ours")] == ["a"]


def test_what_could_not_be_counted_is_a_dash_without_a_mark() -> None:
    row = rows(shown(result(figures={"recall": figure(None), "f1": figure(0.5)})))
    assert values(row["recall"]) == ["extractive-9: –"]
    assert select(row["recall"], ".mark") + select(row["recall"], ".whisker") == []
    assert values(row["f1"]) == ["extractive-9: 0.50"]
    assert select(row["f1"], ".mark") and not select(row["f1"], ".whisker")


def test_a_figure_of_which_less_is_better_says_so() -> None:
    tree = shown(result(figures={"leaked": figure(0.1, 0, 0.2, better="lower"), "recall": figure(0.5, 0.4, 0.6)}))
    found = rows(tree)
    assert "lower is better" in text(found["leaked"].find("th")) and "lower is better" in text(
        found["leaked"].find(".//desc")
    )
    assert "lower" not in text(found["recall"])
    assert "lower is better" in text(select(tree, ".headline")[0])


def test_an_earlier_report_marks_what_the_same_reader_did_on_the_same_set() -> None:
    earlier = report(
        result(figures={"recall": figure(0.5, 0.4, 0.6)}),
        result(set="other", figures={"recall": figure(0.1, 0.1, 0.1)}),
        version="9.8",
    )
    tree = shown(result(), result(reader="naive"), earlier=earlier)
    row = rows(tree)["recall"]
    (line,) = select(row, "line.was")
    assert line.get("x1") == line.get("x2") == "50.00%"
    assert values(row) == ["extractive-9: 0.70 0.60–0.80 was 0.50", "naive: 0.70 0.60–0.80"]
    assert "earlier 0.50" in text(row.find(".//desc"))
    assert "9.8" in text(tree.find(".//header")) and "earlier" in text(select(tree, ".legend")[0])
    assert "earlier" not in text(select(shown(result()), ".legend")[0])


def test_the_summary_has_a_row_for_each_set_with_the_first_figures_of_our_reader() -> None:
    many = {name: figure(n / 10, 0, 1) for n, name in enumerate("abcd")}
    tree = shown(
        result(reader="naive", figures={"z": figure(1, 1, 1)}), result(figures=many), result(suite="pii", set="chat")
    )
    first, second = select(tree, "table.summary tbody tr")
    assert text(first) == "Interviews rota extractive-9 a 0.00 0.00–1.00 b 0.10 0.00–1.00 c 0.20 0.00–1.00"
    assert text(second) == "Personal data chat extractive-9 recall 0.70 0.60–0.80"
    for link in select(tree, "table.summary a"):
        assert text(tree.get_element_by_id(link.get("href")[1:])) == text(link)


# ---------------------------------------------------------------- the other parts


def test_kinds_are_plotted_by_measure_for_readers_that_know_kinds() -> None:
    kinds = {
        "pain": {"recall": figure(0.9, 0.8, 1), "precision": figure(0.5, 0.4, 0.6)},
        "buying_role": {"recall": figure(0.3, 0, 1)},
    }
    tree = shown(result(by_kind=kinds), result(reader="naive"))
    assert {name: values(row) for name, row in rows(tree, "recall").items()} == {
        "pain": ["extractive-9: 0.90 0.80–1.00"],
        "buying role": ["extractive-9: 0.30 0.00–1.00"],
    }
    assert list(rows(tree, "precision")) == ["pain"]


def test_the_reliability_diagram_puts_right_answers_up_and_counts_into_areas() -> None:
    tree = part(
        shown(result(calibration=(Bin(confidence=0.25, right=0.1, count=25), Bin(confidence=0.9, right=1, count=100)))),
        "Calibration",
    )
    low, high = select(tree, "circle.spot")
    assert (low.get("cx"), low.get("cy"), high.get("cx"), high.get("cy")) == ("25.00%", "90.00%", "90.00%", "0.00%")
    assert (low.get("r"), high.get("r")) == ("3.00%", "5.00%")
    assert [text(row) for row in select(tree, "tbody tr")] == ["0.25 0.10 25", "0.90 1.00 100"]


def test_confusion_counts_every_pair_and_marks_what_was_right() -> None:
    tree = part(shown(result(confusion={"pain": {"pain": 8, "nothing": 2}, "job": {"pain": 1}})), "Confusion")
    assert [text(one) for one in select(tree, "thead th")] == ["pain", "job", "nothing", "all"]
    assert [[text(cell) for cell in row] for row in select(tree, "tbody tr")] == [
        ["pain", "8", "0", "2", "10"],
        ["job", "1", "0", "0", "1"],
    ]
    shades = [[cell.get("class") for cell in select(row, "td")] for row in select(tree, "tbody tr")]
    assert shades == [["shade-8 right", "shade-0", "shade-2", "all"], ["shade-9", "shade-0 right", "shade-0", "all"]]


def test_the_first_twenty_cases_come_first_and_the_rest_is_folded() -> None:
    cases = tuple(
        Case(what="missed", where=f"a.txt:{n}", text=f"said {n}", kind="pain", note=f"n{n}") for n in range(23)
    )
    tree = part(shown(result(cases=cases)), "Cases")
    outer = select(tree, "details")[0]
    assert text(outer.find("summary")) == "extractive-9: 23 missed"
    listed = select(outer, "li")
    assert [text(one) for one in listed] == [f"missed pain a.txt:{n} said {n} n{n}" for n in range(23)]
    (folded,) = select(outer, "details")
    assert text(folded.find("summary")) == "3 more" and select(folded, "li") == listed[20:]


def test_facts_are_listed_as_they_are() -> None:
    facts = {"statements": 12345, "seconds": 14.987, "cost": 0.00042, "judge": "not judged", "tokens": None}
    listed = select(part(shown(result(facts=facts)), "Facts"), "dl div")
    assert [text(one) for one in listed] == [
        "statements 12,345", "seconds 14.99", "cost 0.00042", "judge not judged", "tokens –",
    ]  # fmt: skip


def test_parts_without_data_are_left_out() -> None:
    assert [text(one) for one in select(shown(result()), "h4")] == ["Figures"]
    assert select(shown(result(figures={})), "h4") == []
    assert "Nothing was measured." in text(shown().find(".//main"))


def test_suites_come_in_their_order_and_each_says_what_it_measures() -> None:
    tree = shown(*(result(suite=name) for name in reversed(SUITES)))
    assert [one.find("h2").get("id") for one in select(tree, ".of-suite")] == [*SUITES]
    assert all(re.search(r"Better:|More recall:", text(select(one, ".lede")[0])) for one in select(tree, ".of-suite"))


def test_the_page_says_what_it_was_made_with() -> None:
    assert (
        text(select(shown(), ".made")[0]) == "icp-synth 9.9 analyst extractive-9 embedder small-net detector structure"
    )


# ---------------------------------------------------------------- the page as a page

HOSTILE = '<script>alert("1")</script><img src=https://evil.example/x onerror=alert(1)>'


def test_a_hostile_text_is_shown_and_does_nothing() -> None:
    nasty = result(
        set=HOSTILE, reader=HOSTILE, figures={HOSTILE: figure(0.5)}, by_kind={HOSTILE: {HOSTILE: figure(0.5)}},
        confusion={HOSTILE: {HOSTILE: 1}}, calibration=(Bin(confidence=1, right=1, count=1),), facts={HOSTILE: HOSTILE},
        cases=(Case(what=HOSTILE, where=HOSTILE, text=HOSTILE + "\u202e\x00", kind=HOSTILE, note=HOSTILE),),
    )  # fmt: skip
    made = page(report(nasty))
    tree = html.document_fromstring(made)
    assert tree.xpath("//script | //img | //@src | //@onerror | //iframe | //link") == []
    assert text(select(tree, ".cases blockquote")[0]) == HOSTILE + "\ufffd"
    assert "\u202e" not in made and "<script" not in made


def test_nothing_is_fetched_and_nothing_runs() -> None:
    made = page(report(result()), report(result()))
    assert not re.search(r"https?://|//[a-z]|<script|javascript:|@import|url\(|\son\w+=|\sstyle=", made)
    assert "default-src 'none'" in made
    assert all(one.startswith("#") for one in html.document_fromstring(made).xpath("//@href"))


def test_whoever_cannot_see_the_plots_can_read_them() -> None:
    kinds = {"pain": {"recall": figure(0.9, 0.8, 1)}}
    tree = shown(
        result(by_kind=kinds, calibration=(Bin(confidence=0.5, right=0.5, count=3),), confusion={"pain": {"pain": 1}})
    )
    for drawn in tree.xpath("//svg[not(ancestor::svg)]"):
        hidden = drawn.get("aria-hidden") or drawn.xpath("ancestor::*[@aria-hidden]")
        assert hidden or (drawn.get("role") == "img" and drawn.find("title").text and drawn.find("desc").text)
    assert all(text(table.find("caption")) for table in tree.iter("table"))
    assert all(one.get("tabindex") == "0" and one.get("aria-label") for one in select(tree, ".scroll"))
    levels = [int(one.tag[1]) for one in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert tree.get("lang") == "en"


def test_the_same_report_gives_the_same_page() -> None:
    one = report(result(confusion={"pain": {"job": 2, "pain": 1}}), result(reader="naive"))
    assert page(one, one) == page(Report.model_validate_json(one.model_dump_json()), one)


# ---------------------------------------------------------------- contrast


def colours(css: str) -> list[dict[str, str]]:
    """The named colours of the light and of the dark page."""
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w{3,6});", block)) for block in re.findall(r":root \{(.*?)\}", css, re.S)
    )
    return [light, light | dark]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_type_and_marks_stand_out(scheme: int) -> None:
    """WCAG AA: 4.5 for type, 3 for marks. The strongest background of the heat table is the hardest one to read on."""
    named = colours(shown().find(".//style").text)[scheme]
    for ink in ("ink", "muted", "accent"):
        assert contrast(named[ink], named["paper"]) >= 4.5, ink
    assert contrast(named["ink"], named["heat"]) >= 4.5
    assert contrast(named["peer"], named["paper"]) >= 3


# ---------------------------------------------------------------- anything that is a report

NAMES = st.text(max_size=8) | st.sampled_from(["naive", "recall", "pain", "<b>", "a&b"])
NUMBERS = st.floats() | st.floats(0, 1)
FIGURES = st.dictionaries(
    NAMES,
    st.builds(
        Figure, value=st.none() | NUMBERS, low=st.none() | NUMBERS, high=st.none() | NUMBERS,
        better=st.sampled_from(["higher", "lower"]), units=st.just({}),
    ),
    max_size=3,
)  # fmt: skip
RESULTS = st.builds(
    Result,
    suite=st.sampled_from(SUITES),
    set=NAMES,
    reader=NAMES,
    figures=FIGURES,
    by_kind=st.dictionaries(NAMES, FIGURES, max_size=2),
    confusion=st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(), max_size=3), max_size=3),
    calibration=st.lists(st.builds(Bin, confidence=NUMBERS, right=NUMBERS, count=st.integers()), max_size=3).map(tuple),
    cases=st.lists(st.builds(Case, what=NAMES, where=NAMES, text=NAMES, kind=NAMES, note=NAMES), max_size=3).map(tuple),
    facts=st.dictionaries(NAMES, st.none() | NUMBERS | st.integers() | NAMES, max_size=3),
)
REPORTS = st.builds(
    Report,
    version=NAMES,
    analyst=NAMES,
    embedder=NAMES,
    detector=NAMES,
    results=st.lists(RESULTS, max_size=4).map(tuple),
)


class Nesting(HTMLParser):
    """Raises where a tag is closed that isn't open, or an id comes twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = [value for name, value in attrs if name == "id" and value]
        assert not self.ids & {*named}
        self.ids.update(named)
        if tag not in UNCLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(now=REPORTS, before=st.none() | REPORTS)
def test_any_report_is_a_well_formed_page(now: Report, before: Report | None) -> None:
    made = page(now, before)
    nesting = Nesting()
    nesting.feed(made)
    nesting.close()
    assert nesting.open == []
    places = re.findall(r'\b(?:x1|x2|cx|cy|x|r)="([^"]*)%"', made)
    assert all(0 <= float(place) <= 100 for place in places)
