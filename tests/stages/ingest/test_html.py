"""HTML: what a reader of the page would see, with the lines of the source where the words stand there unchanged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.errors import UnreadableError
from icp_synth.stages.ingest import html

PAGE = (Path(__file__).parents[2] / "fixtures" / "ingest" / "page.html").read_bytes()


def test_what_is_seen_is_read_and_the_rest_is_not() -> None:
    source = html.read("page.html", PAGE)
    assert source.format == "html"
    assert source.title == "Acme: why they left"
    assert [(b.form, b.speaker, b.text, b.lines) for b in source.blocks] == [
        ("heading", None, "Acme: why they left", (5, 5)),
        ("prose", None, "The export took a day, and nobody trusted it.", None),
        ("speech", "Ann Lee", "What did you try?", (8, 8)),
        ("speech", "Bob Ray", "Three tools, all of them slower.", (9, 9)),
        ("speech", "Ann Lee", "And the price?", (10, 10)),
        ("speech", "Bob Ray", "Fair — that wasn’t it.", None),
        ("speech", "Bob Ray", "Far too many seats", None),
    ]


def test_words_with_lines_are_located_by_line_and_others_by_item() -> None:
    source = html.read("page.html", PAGE)
    assert all((b.locator.unit == "line") == (b.lines is not None) for b in source.blocks)


def test_the_title_of_the_page_serves_where_there_is_no_heading() -> None:
    assert html.read("p.html", b"<title>A call</title><p>It was slow.</p>").title == "A call"


def test_a_question_in_a_heading_or_in_bold_is_ours() -> None:
    page = b"<h1>Notes</h1><h2>What broke?</h2><p>The sync.</p><p><strong>How do you cope?</strong></p><p>By hand.</p>"
    source = html.read("p.html", page)
    assert [(b.form, b.text) for b in source.blocks[1:]] == [
        ("question", "What broke?"),
        ("prose", "The sync."),
        ("question", "How do you cope?"),
        ("prose", "By hand."),
    ]


def test_line_breaks_end_a_label() -> None:
    page = b"<p>Ann Lee: Why?<br>Bob Ray: It was slow.<br>Ann Lee: How slow?<br>Bob Ray: A day.</p>"
    assert [b.speaker for b in html.read("p.html", page).blocks] == ["Ann Lee", "Bob Ray", "Ann Lee", "Bob Ray"]


def test_preformatted_text_keeps_its_lines() -> None:
    source = html.read("p.html", b"<pre>\nAnn Lee: Why?\nBob Ray: It was slow.\nAnn Lee: Oh.\n</pre>")
    assert [(b.speaker, b.text, b.lines) for b in source.blocks] == [
        ("Ann Lee", "Why?", (2, 2)),
        ("Bob Ray", "It was slow.", (3, 3)),
        ("Ann Lee", "Oh.", (4, 4)),
    ]


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(UnreadableError, match="empty"):
        html.read("p.html", b"<html><script>alert(1)</script><img src='http://acme.example/a.png'></html>")


PARTS = st.sampled_from(
    ["<p>", "</p>", "<li>", "<b>", "</b>", "<br>", "<h2>", "<pre>", "</pre>", "&amp;", "&", "<", ">", "\n"]
)
MARKUP = st.lists(
    st.one_of(PARTS, st.sampled_from(["We lost a day", "and twice ", "<!--", "-->", "<script>", "é"])), max_size=30
)


@given(MARKUP)
def test_every_block_stands_where_it_says(parts: list[str]) -> None:
    text = "<div>We left." + "".join(parts)
    rows = text.split("\n")
    for block in html.read("any.html", text.encode()).blocks:
        if block.lines:
            assert block.text in "\n".join(rows[block.lines[0] - 1 : block.lines[1]])
