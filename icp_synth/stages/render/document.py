"""The one-pager as DOCX, for those who will edit it: headings, lists and tables in named styles."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from icp_synth.stages.render.view import ClaimView, PageView, PartView, ProseView, QuoteView

_INK, _ACCENT, _MUTED = RGBColor(0x15, 0x18, 0x1D), RGBColor(0x0B, 0x5D, 0x51), RGBColor(0x5A, 0x61, 0x6C)
_OURS, _THEIRS = "Calibri", "Georgia"  # sans serif for our words, serif for customers'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLES = (  # name, size, font, colour, space before and after, all in points
    ("Normal", 9.5, _OURS, _INK, 0, 3),
    ("Title", 24, _THEIRS, _INK, 6, 8),
    ("Heading 1", 16, _THEIRS, _INK, 18, 6),
    ("Heading 2", 11, _OURS, _ACCENT, 8, 3),
    ("Heading 3", 12, _THEIRS, _INK, 10, 2),
    ("List Bullet", 10.5, _THEIRS, _INK, 0, 3),
    ("List Bullet 2", 10.5, _THEIRS, _INK, 0, 3),
    ("Quote", 10, _THEIRS, _MUTED, 0, 0),
    ("Quote origin", 8, _OURS, _MUTED, 0, 7),
)


def document(shown: PageView, as_of: dt.date) -> bytes:
    """Build the document; its properties and its archive carry `as_of` and a fixed time instead of the clock."""
    doc = Document()
    _styles(doc)
    _properties(doc, shown, as_of)
    _page_one(doc, shown)
    doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _evidence(doc, shown.parts)
    _tables(doc, shown)
    return _archive(doc)


def _styles(doc: Doc) -> None:
    for section in doc.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.7)
    doc.styles.add_style("Quote origin", WD_STYLE_TYPE.PARAGRAPH)
    for name, size, font, colour, before, after in _STYLES:
        style = doc.styles[name]
        style.font.size, style.font.color.rgb, style.font.bold, style.font.italic = Pt(size), colour, False, False
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        _font(style.element, font)
    doc.styles["Heading 2"].font.bold = True
    doc.styles["Quote"].paragraph_format.keep_with_next = True
    for name in ("Quote", "Quote origin"):
        doc.styles[name].paragraph_format.left_indent = Cm(0.8)


def _font(element: object, font: str) -> None:
    """Set a font for every script; python-docx sets it for Latin alone and leaves the theme's in force elsewhere."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), font)


def _paragraph(doc: Doc, text: str = "", style: str = "") -> Paragraph:
    """A paragraph in a named style, set by its id: python-docx looks a name up among all styles, each time."""
    paragraph = doc.add_paragraph(text)
    if style:
        paragraph._p.style = _style_ids()[style]
    return paragraph


@cache
def _style_ids() -> dict[str, str]:
    doc = Document()
    _styles(doc)
    return {str(style.name): style.style_id for style in doc.styles}


def _properties(doc: Doc, shown: PageView, as_of: dt.date) -> None:
    core = doc.core_properties
    core.title, core.author, core.comments = shown.name[:255], "icp-synth", ""
    core.created = core.modified = dt.datetime.combine(as_of, dt.time())
    core.last_modified_by, core.revision, core.language = "icp-synth", 1, "en"


def _page_one(doc: Doc, shown: PageView) -> None:
    _quiet(doc.add_paragraph(), f"{shown.product}, ideal customer profile, {shown.as_of}")
    _paragraph(doc, shown.name, "Title")
    _quiet(doc.add_paragraph(), " ".join([shown.basis, *(f"{mark} {words}" for _, mark, words in shown.tally)]))
    for part in shown.parts:
        _paragraph(doc, part.title, "Heading 2")
        _prose(doc, part.portrait)
        for claim in part.page_one:
            _brief(doc, claim, "List Bullet")
            for rebuttal in claim.rebuttals:
                _brief(doc, rebuttal, "List Bullet 2")
        for criterion in part.criteria:
            paragraph = _paragraph(doc, criterion.name, "List Bullet")
            _quiet(paragraph, f"  {criterion.good} good, {criterion.bad} bad accounts")
        _quiet_line(doc, part.empty)
        _quiet_line(doc, part.rest)


def _brief(doc: Doc, claim: ClaimView, style: str) -> None:
    paragraph = _paragraph(doc, style=style)
    if claim.rebuttal:
        paragraph.add_run("Answered by customers: ").bold = True
    paragraph.add_run(_words(claim))
    if claim.brief:
        _quiet(paragraph, "\n" + " · ".join(f"{label}: {words}" for label, words in claim.brief))
    _quiet(paragraph, f"\n{_meta(claim)} [{claim.number}]")


def _evidence(doc: Doc, parts: Sequence[PartView]) -> None:
    _paragraph(doc, "The evidence", "Heading 1")
    for part in parts:
        _paragraph(doc, part.title, "Heading 2")
        for claim in part.claims:
            for each in (claim, *claim.rebuttals):
                _full(doc, each)
        _quiet_line(doc, part.empty)


def _full(doc: Doc, claim: ClaimView) -> None:
    lead = "Answered by customers: " if claim.rebuttal else ""
    _paragraph(doc, f"{claim.number}  {lead}{_words(claim)}", "Heading 3")
    said = f"; said in {claim.sources}" + (f", seen {claim.seen}" if claim.seen else "")
    _quiet(doc.add_paragraph(), _meta(claim) + said)
    for fact in claim.facts:
        _quiet(_paragraph(doc, style="List Bullet"), f"{fact.label}: {fact.text} [{fact.number}]")
    _prose(doc, claim.prose)
    _quotes(doc, claim.evidence)
    if claim.counter:
        doc.add_paragraph().add_run("Said otherwise").bold = True
        _quotes(doc, claim.counter)


def _prose(doc: Doc, written: Sequence[ProseView]) -> None:
    if written:
        paragraph = doc.add_paragraph()
        _quiet(paragraph, "Model: ")
        for each in written:
            paragraph.add_run(f"{each.text} ").italic = True
            _quiet(paragraph, f"[{each.cites}] ")


def _quotes(doc: Doc, quotes: Iterable[QuoteView]) -> None:
    for quote in quotes:
        paragraph = _paragraph(doc, style="Quote")
        if quote.question:
            _quiet(paragraph, f"Asked: {quote.question}\n")
        paragraph.add_run(quote.before)
        mark = paragraph.add_run(quote.quote)
        mark.font.color.rgb = _INK
        _shade(mark)
        paragraph.add_run(quote.after)
        facts = (quote.account, quote.kind, quote.source, quote.place, quote.date, quote.note)
        _paragraph(doc, f"[{quote.number}] " + ", ".join(f for f in facts if f), "Quote origin")


def _shade(run: Run) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "D6EDE6")
    run._r.get_or_add_rPr().append(shade)


def _tables(doc: Doc, shown: PageView) -> None:
    _paragraph(doc, "Fit criteria", "Heading 1")
    _quiet_line(doc, shown.criteria_note or ("" if shown.criteria else "No table of accounts bears a criterion yet."))
    criteria = ((c.name + (f"\n{c.note}" if c.note else ""), c.good, c.bad, "\n".join(c.cells)) for c in shown.criteria)
    _table(doc, ("Criterion", "Good accounts", "Bad accounts", "Rests on"), list(criteria))
    _paragraph(doc, "What the evidence doesn’t say yet", "Heading 1")
    _quiet_line(doc, "" if shown.gaps else "No gap was found.")
    for what, advice in shown.gaps:
        _quiet(_paragraph(doc, what, "List Bullet"), f"\n→ {advice}")
    if shown.partial:
        _paragraph(doc, "What the model gave no answer to", "Heading 1")
        for what, why in shown.partial:
            _quiet(_paragraph(doc, what, "List Bullet"), f"\n{why}")
    if shown.dropped:
        _paragraph(doc, "Dropped sentences", "Heading 1")
        _quiet_line(
            doc,
            "A model wrote these, and the evidence doesn’t bear them. The customers’ own words stand in their place.",
        )
        for about, text, why in shown.dropped:
            paragraph = _paragraph(doc, style="List Bullet")
            paragraph.add_run(text).font.strike = True
            _quiet(paragraph, f"\n{about}: {why}")
    _paragraph(doc, "Accounts", "Heading 1")
    _quiet_line(doc, "" if shown.accounts else "No account is known yet.")
    accounts = [(a.name, a.outcome, str(a.sources), a.attributes, a.why) for a in shown.accounts]
    _table(doc, ("Account", "Outcome", "Sources", "Attributes", "How we know"), accounts)
    _paragraph(doc, "Sources", "Heading 1")
    _quiet_line(doc, "" if shown.sources else "No source has been read yet.")
    sources = [(s.name, s.kind, s.account, s.date, s.words, s.guessed) for s in shown.sources]
    _table(doc, ("Source", "Kind", "Account", "Date", "Words", "Guessed"), sources)
    _paragraph(doc, "How to read it", "Heading 1")
    for term, text in shown.how_to_read:
        paragraph = doc.add_paragraph()
        paragraph.add_run(f"{term}: ").bold = True
        paragraph.add_run(text)
    _quiet_line(doc, f"Workspace {shown.workspace}, read by the analyst {shown.analyst} as of {shown.as_of}.")


def _table(doc: Doc, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = doc.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = True
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _words(claim: ClaimView) -> str:
    return f"“{claim.text}”" if claim.spoken else claim.text


def _meta(claim: ClaimView) -> str:
    details = (f"{label}: {text}" for label, text in claim.details)
    reported = "reported, not verbatim" if claim.reported else ""
    facts = (
        f"{claim.mark} {claim.status}",
        claim.support,
        *claim.tags,
        claim.unknown,
        reported,
        " and ".join(claim.kinds),
        *details,
    )
    return ", ".join(f for f in facts if f)


def _quiet(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb, run.font.name = Pt(8.5), _MUTED, _OURS


def _quiet_line(doc: Doc, text: str) -> None:
    if text:
        _quiet(doc.add_paragraph(), text)


def _archive(doc: Doc) -> bytes:
    """The same package with the time of every member fixed, since python-docx writes the time of the clock."""
    written = io.BytesIO()
    doc.save(written)
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w") as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename, _EPOCH), source.read(member), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
