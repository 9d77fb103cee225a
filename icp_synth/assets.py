"""Finds prompts, templates, prices and golden sets: in `_assets` of an installed package, else at the root of the checkout.

Both have the same layout: ``prompts/``, ``templates/``, ``evals/golden/`` and ``prices.yaml``.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def prompt_dir() -> Path:
    """The directory of the prompts."""
    return _root() / "prompts"


def template_dir() -> Path:
    """The directory of the templates, one subdirectory per artifact."""
    return _root() / "templates"


def golden_dir() -> Path:
    """The directory of the golden sets, which also feed the demo."""
    return _root() / "evals" / "golden"


def price_file() -> Path:
    """The table of what models cost."""
    return _root() / "prices.yaml"


def _root() -> Path:
    installed = _PACKAGE / "_assets"
    return installed if installed.is_dir() else _PACKAGE.parent
