"""Does what is rendered say what the profile says: every claim, under it its own quotes, and nothing else?

The artifacts are read back as a reader would get them, and compared with the profile.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path

from icp_synth.evaluation.metrics import share_of
from icp_synth.evaluation.reading import Drafted
from icp_synth.evaluation.results import Case, Result
from icp_synth.records import Claim, Profile
from icp_synth.stages.render import render
from icp_synth.stages.render.view import shown

_APPENDIX = "The evidence"  # the heading of what follows page one, in every format
_NOT_WORDS = re.compile(r"[\W_]+")


def measure(read: Drafted, templates: Path) -> Result:
    """Render the profile of a set in every format, and read it back."""
    profile = read.profile
    files = {artifact.name: artifact.data for artifact in render(profile, templates)}
    page = _Page()
    page.feed(files["one-pager.html"].decode())
    texts = {name: _parts(reader(files[name])) for name, reader in _READERS.items()}
    claims = [claim for section in profile.sections for claim in section.claims]
    front = [claim for claim in claims if claim.page_one]
    lost = [(name, claim) for name, parts in texts.items() for claim in front if not _in_both(claim, parts)]
    first_page = _squeezed(_pdf_page(files["one-pager.pdf"], 0))
    return Result(
        suite="render",
        set=read.prepared.gold.name,
        reader=profile.analyst,
        figures={
            "claims_shown": share_of(
                ((name, _in_both(claim, parts)) for name, parts in texts.items() for claim in front), exact=True
            ),
            "citations_match": share_of(_cited(profile, claims, page), exact=True),
            "nothing_else": share_of(_said(profile, claims, page), exact=True),
            "on_first_page": share_of((claim.kind, _squeezed(claim.text) in first_page) for claim in front),
        },
        cases=tuple(Case(what="not shown", kind=claim.kind, where=name, text=claim.text) for name, claim in lost),
        facts={"claims_on_page_one": len(front), "bytes": sum(map(len, files.values()))},
    )


class _Page(HTMLParser):
    """The page as a reader would take it: per claim of the appendix its words and the quotes that are marked under it.

    `lines` holds the words of all claims, and the heading between page one and what follows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lines: list[str] = []
        self.claims: dict[str, tuple[list[str], list[str]]] = {}
        self._claim: tuple[list[str], list[str]] | None = None
        self._in: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or ""
        if name.startswith("claim-"):
            self._claim = self.claims.setdefault(name, ([], []))
        if tag in ("q", "mark"):
            self._in = []
        if name == "evidence":
            self.lines.append(_APPENDIX)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("q", "mark") and self._in is not None:
            text = "".join(self._in)
            self.words.append(text)
            if tag == "q":
                self.lines.append(" ".join(text.split("\n")))
            if self._claim:
                self._claim[tag == "mark"].append(text)
            self._in = None

    def handle_data(self, data: str) -> None:
        if self._in is not None:
            self._in.append(data)


def _cited(profile: Profile, claims: list[Claim], page: _Page) -> list[tuple[str, bool]]:
    """For each claim: whether the page has it with exactly its quotes."""
    quotes = {statement.id: shown(statement.quote) for statement in profile.statements}
    on_page = [(text, tuple(marked)) for said, marked in page.claims.values() for text in said[:1]]
    return [(claim.kind, (shown(claim.text), tuple(quotes[i] for i in _quoted(claim))) in on_page) for claim in claims]


def _quoted(claim: Claim) -> list[str]:
    """The statements that a claim rests on, those beside them that its facts were read from, and what speaks against it."""
    beside = dict.fromkeys(fact.statement for fact in claim.facts if fact.statement not in claim.evidence)
    return [*claim.evidence, *beside, *claim.counter]


def _said(profile: Profile, claims: list[Claim], page: _Page) -> list[tuple[str, bool]]:
    """For each text that stands as a claim or a quote on the page: whether it is one of the profile."""
    known = {shown(claim.text) for claim in claims} | {shown(statement.quote) for statement in profile.statements}
    return [("page", text in known) for text in page.words]


def _parts(text: str) -> tuple[str, str]:
    """Page one and what follows, squeezed; a claim in a customer's own words stands on the one and is quoted in the other."""
    lines = text.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip("# ") == _APPENDIX), len(lines))
    return _squeezed("".join(lines[:at])), _squeezed("".join(lines[at + 1 :]))


def _in_both(claim: Claim, parts: tuple[str, str]) -> bool:
    return all(_squeezed(claim.text) in part for part in parts)


def _squeezed(text: str) -> str:
    """Letters and digits alone: formats differ in breaks, escapes, hyphens and quote marks."""
    return _NOT_WORDS.sub("", text).casefold()


def _html(data: bytes) -> str:
    page = _Page()
    page.feed(data.decode())
    return "\n".join(page.lines)


def _markdown(data: bytes) -> str:
    return re.sub(r"\\(.)", r"\1", data.decode())


def _pdf(data: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _pdf_page(data: bytes, number: int) -> str:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(data)).pages[number].extract_text()


def _docx(data: bytes) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


_READERS: Mapping[str, Callable[[bytes], str]] = {
    "one-pager.html": _html,
    "one-pager.md": _markdown,
    "one-pager.pdf": _pdf,
    "one-pager.docx": _docx,
}
