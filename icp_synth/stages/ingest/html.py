"""HTML pages and fragments: their words by block element. Scripts and styles are dropped, and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from icp_synth.records import Block, Locator, Source
from icp_synth.stages.ingest import layout
from icp_synth.stages.ingest.decode import decode
from icp_synth.stages.ingest.layout import Style
from icp_synth.stages.ingest.transcript import Line, parse

_DROPPED = frozenset({"script", "style", "nav", "template", "noscript", "head", "svg", "iframe", "object"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
    }
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"html", "li", "main", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "th", "tr", "ul"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_STRONG = frozenset({"b", "strong", "em", "i"})


@dataclass(frozen=True)
class Element:
    """The words of one block element, on lines `first` to `last` of the source, `depth` quotations deep."""

    text: str
    first: int
    last: int
    style: Style
    depth: int


def read(path: str, data: bytes) -> Source:
    """Read a page by the transcript grammar. Words that stand in the source as shown have lines; others are items.

    Raises UnreadableError where there is no text.
    """
    text = decode(path, data)
    rows = text.split("\n")
    found, title = elements(text)
    lines = [
        Line(element.text, Locator(unit="item", first=n, last=n), None, element.style)
        for n, element in enumerate(found, start=1)
    ]
    transcript = parse(lines)
    blocks = tuple(_placed(block, found, rows) for block in transcript.blocks)
    return replace(transcript, blocks=blocks, title=transcript.title or title).as_source(path, "html")


def elements(text: str) -> tuple[list[Element], str | None]:
    """The block elements that hold words, in order, and the page's title."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.flush()
    return reader.found, " ".join("".join(reader.title).split()) or None


def _placed(block: Block, found: Sequence[Element], rows: Sequence[str]) -> Block:
    element = found[int(block.locator.first) - 1]
    lines = layout.standing(block.text, rows, element.first, element.last)
    if lines is None:
        return block
    return block.model_copy(update={"lines": lines, "locator": Locator(unit="line", first=lines[0], last=lines[1])})


class _Reader(HTMLParser):
    """Gathers words until a block element begins or ends. White space counts as a browser counts it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self.title: list[str] = []
        self._words: list[tuple[str, bool]] = []
        self._lines: list[int] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag not in ("br", "hr", "img", "input", "meta", "link", "wbr", "col", "source", "area", "base", "embed"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        inside = set(self._open)
        if "title" in inside:
            self.title.append(data)
        elif not inside & _DROPPED and (data.strip() or self._words):
            top = self.getpos()[0]
            self._words.append((data, bool(inside & _STRONG)))
            self._lines += [top, top + data.count("\n")]

    def flush(self) -> None:
        """Make an element of the words gathered so far."""
        words, lines = self._words, self._lines
        self._words, self._lines = [], []
        preformatted = "pre" in self._open
        text = "".join(word for word, _ in words)
        for row in text.split("\n") if preformatted else [re.sub(r"[ \t\r\n\f]+", " ", text)]:
            if row.strip():
                strong = all(bold for word, bold in words if word.strip())
                self.found.append(
                    Element(row.strip(), lines[0], lines[-1], self._style(strong), self._open.count("blockquote"))
                )

    def _style(self, strong: bool) -> Style:
        inside = set(self._open)
        if inside & _HEADINGS:
            return "heading"
        if "li" in inside:
            return "item"
        return "strong" if strong else "text"
