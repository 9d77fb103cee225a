"""Personal data of a gold set: what is left is counted, said where, and never shown."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from icp_synth.evaluation import leaks
from tests.evaluation.conftest import Taken

TALK = """Interview - Alder House

Interviewer: What was hard before?
Customer: My name is Marguerite Oyelaran, and planning the rota took me nine hours each week.
Customer: Write to m.oyelaran@alder.example, I am the purple otter of the night shift.
"""
TABLE = "Company,Outcome,Region,Contact\nAlder House,won,Cornwall,Marguerite Oyelaran\n"


def hashed(text: str) -> str:
    return hashlib.sha256(text.lower().encode()).hexdigest()


def personal(type: str, text: str, file: str = "alder.txt", *, clear: bool = True) -> dict[str, str]:
    return {"file": file, "type": type, **({"text": text} if clear else {"sha256_of_text_lowercased": hashed(text)})}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """`written(personal data …)` → the folder of a set that lists it."""

    def done(*listed: dict[str, str], talk: str = "alder.txt", table: str = "accounts.csv") -> Path:
        (tmp_path / "evidence").mkdir()
        (tmp_path / "evidence" / talk).write_text(TALK, encoding="utf-8")
        (tmp_path / "evidence" / table).write_text(TABLE, encoding="utf-8")
        gold = {"set": "people", "product": "Rotalark", "root": "evidence", "files": [{"name": talk}], "pii": listed}
        (tmp_path / "gold.yaml").write_text(json.dumps(gold), encoding="utf-8")
        return tmp_path

    return done


@pytest.mark.parametrize("clear", [True, False], ids=["in clear", "by its hash"])
def test_what_was_scrubbed_is_gone(written: Any, taken: Taken, clear: bool) -> None:
    listed = [personal("person_name", "Marguerite Oyelaran", clear=clear),
              personal("email", "m.oyelaran@alder.example", clear=clear)]  # fmt: skip
    told = leaks.measure(taken(written(*listed)), "structure")
    assert told.figures["gone"].value == 1.0 and told.cases == ()
    assert (told.facts["strings"], told.facts["not_read"]) == (2, 0)
    assert {kind: figures["gone"].value for kind, figures in told.by_kind.items()} == {"email": 1.0, "person_name": 1.0}


@pytest.mark.parametrize("clear", [True, False], ids=["in clear", "by its hash"])
def test_what_is_left_is_counted_and_never_shown(written: Any, taken: Taken, clear: bool) -> None:
    """Nobody could know that this is what she is called; so it is still there."""
    listed = [personal("person_name", "Marguerite Oyelaran"), personal("nickname", "Purple Otter", clear=clear)]
    told = leaks.measure(taken(written(*listed)), "structure")
    assert told.figures["gone"].value == 0.5 and told.by_kind["nickname"]["gone"].value == 0.0
    (left,) = told.cases
    assert (left.what, left.kind, left.where, left.text) == ("still there", "nickname", "alder.txt", "(not shown)")
    assert "otter" not in told.model_dump_json().lower() and hashed("purple otter") not in told.model_dump_json()


def test_a_part_of_a_longer_word_is_not_the_word(written: Any, taken: Taken) -> None:
    assert leaks.measure(taken(written(personal("person_name", "Plan"))), "structure").figures["gone"].value == 1.0


def test_a_table_of_accounts_is_looked_through_too(written: Any, taken: Taken) -> None:
    listed = [
        personal("address", "Cornwall", "accounts.csv"),
        personal("person_name", "Marguerite Oyelaran", "accounts.csv"),
    ]
    told = leaks.measure(taken(written(*listed)), "structure")
    assert told.figures["gone"].value == 0.5 and [(case.kind, case.where) for case in told.cases] == [
        ("address", "accounts.csv")
    ]


def test_files_that_are_called_after_somebody_are_neither_named_nor_overlooked(written: Any, taken: Taken) -> None:
    talk, table = "Marguerite Oyelaran.txt", "Tobias Kestenbaum accounts.csv"
    listed = [personal("nickname", "purple otter", talk), personal("address", "Cornwall", table)]
    told = leaks.measure(taken(written(*listed, talk=talk, table=table)), "structure")
    assert told.figures["gone"].value == 0.0 and len(told.figures["gone"].units) == 2
    assert not [name for name in ("Oyelaran", "Kestenbaum") if name in told.model_dump_json()]


def test_what_was_never_read_does_not_count_as_gone(written: Any, taken: Taken) -> None:
    told = leaks.measure(taken(written(personal("person_name", "Marguerite Oyelaran", "elsewhere.txt"))), "structure")
    assert told.figures["gone"].value is None
    assert (told.facts["strings"], told.facts["not_read"]) == (0, 1)
