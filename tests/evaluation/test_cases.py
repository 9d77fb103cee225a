"""Sets of gold: typed, whole, and clear about what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icp_synth import assets
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation.cases import GoldSet, read_sets
from icp_synth.evaluation.gold_file import gold_schema
from tests.evaluation.conftest import GOLD


def test_a_set_is_read_with_what_is_required_and_what_is_only_allowed(folder: Path) -> None:
    (gold,) = read_sets(folder)
    assert isinstance(gold, GoldSet) and gold.accounts == {"alder.txt": "Alder House", "birch.txt": "Birch Care"}
    assert [(item.id, item.core) for item in gold.items] == [
        ("hours", True),
        ("nurses", True),
        ("doubt", True),
        ("use", False),
    ]
    assert gold.items[0].kinds == {"pain", "proof"}


def test_a_set_that_does_not_hold_together_says_where(folder: Path) -> None:
    broken = {**GOLD, "items": [{**GOLD["items"][0], "answers": "nothing"}]}
    (folder / "gold.yaml").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(EvidenceError, match="hours"):
        read_sets(folder)
    with pytest.raises(NotFoundError, match="gold.yaml"):
        read_sets(folder / "evidence")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"items": [{**GOLD["items"][0], "kind": "worry"}]}, "items.0.kind"),
        ({"items": [{**GOLD["items"][0], "stregth": "core"}]}, "stregth"),
        ({"files": []}, "files"),
        ({"product": None}, "product"),
    ],
)
def test_a_field_that_is_wrong_or_unknown_is_named(folder: Path, change: dict[str, Any], says: str) -> None:
    (folder / "gold.yaml").write_text(json.dumps({**GOLD, **change}), encoding="utf-8")
    with pytest.raises(EvidenceError, match=says):
        read_sets(folder)


def test_the_published_schema_is_that_of_the_code() -> None:
    published = (assets.golden_dir() / "gold.schema.json").read_text(encoding="utf-8")
    assert published == gold_schema(), "python -m evals.lock_golden writes it"
