"""Words that a person had removed: found in every spelling by their hashes, and nowhere else."""

from __future__ import annotations

import unicodedata
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.adapters.home import keyed_hash
from icp_synth.blocklist import blocked, entry, naming, without
from icp_synth.records import PrivacyRules
from icp_synth.stages.segment import segment
from tests.small_evidence import clean_source

KEYED = partial(keyed_hash, b"test")


def rules(*texts: str) -> PrivacyRules:
    entries = [entry(text, KEYED) for text in texts]
    return PrivacyRules(added=tuple(key for key, _ in entries), longest=max(words for _, words in entries))


@pytest.mark.parametrize(
    "said",
    [
        "Ask Zoë Quorble.", "ask ZOË  QUORBLE's desk", "zoë_quorble.txt", "Zoë\nQuorble", "Zoe\u0308 Quorble",
        "Ｚｏë Quorble", "Zo\u200bë Quor\u00adble",
    ],
)  # fmt: skip
def test_an_entry_is_found_however_it_is_written(said: str) -> None:
    (found,) = blocked(said, rules("Zoë Quorble"), KEYED)
    taken = unicodedata.normalize("NFKC", said[found.start : found.end]).replace("\u200b", "").replace("\u00ad", "")
    assert taken.lower().replace("_", " ").split() == ["zoë", "quorble"]


@pytest.mark.parametrize("said", ["Zoë", "Quorble Zoë", "Zoë and then Quorble", "Zoëquorble", ""])
def test_nothing_else_is(said: str) -> None:
    assert blocked(said, rules("Zoë Quorble"), KEYED) == []


def test_the_longer_of_two_entries_counts_and_nothing_is_known_without_the_key() -> None:
    text = "Ann Lee and Ann"
    assert [text[f.start : f.end] for f in blocked(text, rules("Ann", "Ann Lee"), KEYED)] == ["Ann Lee", "Ann"]
    assert blocked(text, rules("Ann"), partial(keyed_hash, b"another")) == []


def test_companies_are_found_by_name() -> None:
    text = "alder house (alder.example) is not Alderhouse"
    assert [text[f.start : f.end] for f in naming(["Alder House", "alder.example"])(text)] == [
        "alder house",
        "alder.example",
    ]
    assert naming([])("anything") == []


words = st.sampled_from(["rota", "Quorble", "late,", "<PERSON_1>", "quorble's", "nine\nhours", "Friday."])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=4))
def test_places_still_lead_back_after_words_are_removed(said: list[list[str]]) -> None:
    """Blocks, turns, lines and redactions of the shorter text say what they said of the longer one."""
    before = clean_source("alder", [("customer", " ".join(turn)) for turn in said])
    after = without(before, partial(blocked, rules=rules("quorble"), keyed=KEYED))
    assert "quorble" not in after.text.lower()
    assert len(after.text.split("\n")) == len(before.text.split("\n"))
    for old, new in zip(before.blocks, after.blocks, strict=True):
        was, now = before.text[old.start : old.end], after.text[new.start : new.end]
        assert now == was.replace("Quorble", "<REDACTED>").replace("quorble", "<REDACTED>")
        assert old.lines == new.lines
    for turn, block in zip(after.turns, after.blocks, strict=True):
        assert (turn.start, turn.end) == (block.start, block.end)
    for one in after.redactions:
        assert after.text[one.start : one.end] == "<REDACTED>"
    assert all(after.text[s.start : s.end].split() == s.text.split() for s in segment(after))
    assert without(after, partial(blocked, rules=rules("quorble"), keyed=KEYED)) == after
