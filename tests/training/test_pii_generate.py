"""Generated text: labels stand where the values are, a seed gives the same text again, identifiers are valid."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from evals.training.pii.generate import SHARES, frames, generate, structured
from evals.training.pii.identifiers import Identifiers

ROOT = Path(__file__).resolve().parents[2]


def test_spans_are_in_order_inside_the_text_and_hold_no_outer_space() -> None:
    rows = [*generate(3, 400), *structured(3, 400)]
    for row in rows:
        places = [0, *(at for start, end, _ in row.spans for at in (start, end)), len(row.text)]
        assert places == sorted(places)
        assert all(row.text[start:end] == row.text[start:end].strip() != "" for start, end, _ in row.spans)
    assert {label for row in rows for _, _, label in row.spans} >= {"PERSON", "ADDRESS", "EMAIL_ADDRESS", "IBAN"}


def test_frames_are_many_and_those_for_measuring_are_not_trained_on() -> None:
    trained = {kind: set(frames(kind)) for kind in SHARES}
    plain = trained.pop("plain")
    assert sum(map(len, trained.values())) >= 350
    assert len(plain) >= 250
    assert not any(re.search(r"\{(?:full|first|last|address|spokenaddress)\d?\}", frame) for frame in plain)
    assert not set(frames("structured")) & (plain | set().union(*trained.values()))


@pytest.mark.slow
def test_two_processes_write_the_same_sentences() -> None:
    """Whatever the order of their sets."""
    command = [sys.executable, "-m", "evals.training.pii.generate", "--structured", "300"]
    out = [
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert out[0] == out[1]
    assert len([json.loads(line) for line in out[0].splitlines()]) == 300


def test_every_kind_of_identifier_turns_up_about_as_often_as_its_frames() -> None:
    counts = Counter(label for row in structured(2000, 2000) for _, _, label in row.spans)
    assert len(counts) == 15
    assert min(counts.values()) >= 50


def test_cards_and_bank_accounts_are_valid() -> None:
    make = Identifiers(Random(5)).make
    for _ in range(50):
        digits = [int(d) for d in re.sub(r"\D", "", make("CREDIT_CARD")[0])]
        doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
        iban = make("IBAN_CODE")[0].replace(" ", "")
        assert int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1
