"""The one-pager as PDF, set by typst with the fonts that it carries: the machine's own fonts change nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import unicodedata
from pathlib import Path

import typst

from icp_synth.stages.render.view import PageView

# How the Unicode names of the letters begin that the fonts can draw.
_SCRIPTS = (
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "HEBREW",
    "ARABIC",
    "FEMININE",
    "MASCULINE",
    "MICRO",
    "KELVIN",
    "ANGSTROM",
    "OHM",
)
_UNBROKEN = re.compile(r"\S{24}")


def pdf(shown: PageView, as_of: dt.date, folder: Path) -> bytes:
    """Set ``one_pager.typ`` with the view as JSON data; its clock stands at `as_of`."""
    words = dataclasses.asdict(shown)
    data = {
        **words,
        "date": [as_of.year, as_of.month, as_of.day],
        "missing_glyphs": _misses_glyphs(json.dumps(words, ensure_ascii=False)),
    }
    compiler = typst.Compiler(
        folder / "one_pager.typ",
        root=folder,
        font_paths=[],
        ignore_system_fonts=True,
        sys_inputs={"view": json.dumps(_breakable(data), ensure_ascii=False)},
    )
    midnight = dt.datetime.combine(as_of, dt.time(), dt.UTC)
    document = compiler.compile(format="pdf", timestamp=midnight)
    assert isinstance(document, bytes)
    return document


def _breakable(value: object) -> object:
    """Let long paths and addresses break: typst never breaks a word, so they would run off the page."""
    if isinstance(value, str):
        return _UNBROKEN.sub("\\g<0>\u200b", value)
    if isinstance(value, dict):
        return {k: _breakable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(v) for v in value]
    return value


def _misses_glyphs(text: str) -> bool:
    """Whether a letter or an emoji belongs to none of the scripts that typst's fonts cover."""
    return any(
        ord(c) >= 0x1F000
        or (unicodedata.category(c)[0] == "L" and unicodedata.name(c, "").split(" ")[0] not in _SCRIPTS)
        for c in set(text)
    )
