"""The one-pager as one self-contained HTML page: no script, nothing fetched, one style sheet allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from icp_synth.stages.render.view import ClaimView, PageView, PartView

# Up to so many lines in a column, page one prints as one page at the size that one_pager.css gives the class.
# Found by printing, and held by a test in a browser.
_DENSITIES = ((40, "roomy"), (48, "normal"), (58, "dense"), (74, "packed"), (82, "tight"))


def page(shown: PageView, folder: Path) -> bytes:
    """Render ``one_pager.html.j2`` with ``one_pager.css`` inside."""
    # autoescape is set outright, since select_autoescape does not know the ending .html.j2.
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (folder / "one_pager.css").read_text(encoding="utf-8")
    style_hash = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    lede = next((p for p in shown.parts if p.key == "portrait"), None)
    parts = [p for p in shown.parts if p is not lede]
    columns = _columns(parts)
    html = environment.get_template("one_pager.html.j2").render(
        page=shown,
        lede=lede,
        columns=columns,
        density=_density(columns),
        css=Markup(css),
        style_hash=style_hash,  # noqa: S704
    )
    return html.encode()


def _columns(parts: list[PartView]) -> tuple[list[PartView], list[PartView]]:
    """Break the parts into two columns of about the same height, keeping their order."""
    heights = [_height(p) for p in parts]
    cut = min(range(len(parts) + 1), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))
    return parts[:cut], parts[cut:]


def _density(columns: tuple[list[PartView], list[PartView]]) -> str:
    """How large page one can be set in print, so that it stays one page on A4 and on Letter; CSS can't find out."""
    tallest = max(sum(_height(p) for p in column) for column in columns)
    return next((name for lines, name in _DENSITIES if tallest <= lines), "least")


def _told(claim: ClaimView) -> int:
    """Characters of the facts under a line."""
    return sum(len(label) + len(words) + 4 for label, words in claim.brief)


def _height(part: PartView) -> int:
    """About how many lines a part takes in a column of some 48 characters."""
    claims = [c for top in part.page_one for c in (top, *top.rebuttals)]
    lines = sum(2 + len(c.text) // 48 + bool(c.details) + -(-_told(c) // 58) for c in claims)
    lines += sum(1 + len(p.text) // 56 for p in part.portrait)
    return 2 + lines + len(part.criteria) + len(part.empty) // 60 + bool(part.rest or part.empty)
