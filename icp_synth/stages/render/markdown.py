"""The one-pager as GitHub-flavoured Markdown, in which nothing that a customer wrote is Markdown or HTML."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from icp_synth.stages.render.view import PageView

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$#]")
_LIST_OR_RULE = re.compile(r"^(\s*)([-+=]|\d+(?=[.)](?:\s|$)))")
_LINK = re.compile(r"(?<=[a-z]):(?=//)|(?<=www)\.", re.IGNORECASE)


def markdown(shown: PageView, folder: Path) -> bytes:
    """Render ``one_pager.md.j2``."""
    # Under autoescape the results of macros are Markup, so `finalize` can tell them from what is still to be escaped.
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_literal,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("one_pager.md.j2").render(page=shown)
    return (re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)) + "\n").encode()


def _literal(value: object) -> Markup:
    """Escape what would be read as Markdown, HTML, mathematics or a bare link."""
    if isinstance(value, Markup):
        return value
    text = _SPECIAL.sub(r"\\\g<0>", str(value))
    text = _LINK.sub(r"\\\g<0>", text)
    return Markup(_LIST_OR_RULE.sub(_not_a_list, text))  # noqa: S704


def _not_a_list(match: re.Match[str]) -> str:
    lead, sign = match.groups()
    return f"{lead}{sign}\\" if sign.isdigit() else f"{lead}\\{sign}"
