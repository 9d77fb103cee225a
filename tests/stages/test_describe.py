"""What a source is, when it is of, and when two are the same."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from icp_synth.adapters.home import keyed_hash
from icp_synth.records import AccountRef, Manifest, ManifestSource, Participant, Source
from icp_synth.stages.accounts import UNKNOWN
from icp_synth.stages.describe import describe, identity
from tests.stages.raw_sources import block, notes, talk

KEYED = partial(keyed_hash, b"test")
ZELL = AccountRef(id="zell", name="Zell", known=True, why="manifest")
MARLOW = AccountRef(id="marlow", name="Marlow", known=True, why="manifest")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (talk(("A", "x"), path="calls/zell.txt"), "call"),
        (talk(("A", "x"), path="winloss/zell-closed-lost.txt"), "win_loss"),
        (talk(("A", "x"), path="zell_interview.txt"), "interview"),
        (notes("Why?", "Slow.", path="zell.md"), "interview"),
        (talk(("A", "x"), path="nps/q2.txt"), "survey"),
        (Source(path="a.json", format="zendesk", blocks=()), "ticket"),
        (Source(path="a.vtt", format="vtt", blocks=()), "call"),
        (Source(path="a.eml", format="eml", title="Your survey of our interview", blocks=()), "note"),
    ],
)
def test_the_kind_is_guessed_from_names_and_format_and_marked(source: Source, kind: str) -> None:
    told = describe(source, Manifest())
    assert told.kind == kind and "kind" in told.inferred


def test_the_manifest_decides_and_nothing_is_guessed() -> None:
    entry = ManifestSource(path="*.txt", kind="note", date=dt.date(2025, 3, 1), outcome="won")
    told = describe(talk(("A", "x"), path="lost-interview-2024-01-02.txt"), Manifest(sources=(entry,)))
    assert (told.kind, told.date, told.outcome, told.inferred) == ("note", dt.date(2025, 3, 1), "won", ())


def test_dates_in_file_names_are_guesses_and_impossible_ones_are_none() -> None:
    assert describe(talk(("A", "x"), path="call 2025-03-19.txt"), Manifest()).date == dt.date(2025, 3, 19)
    assert describe(talk(("A", "x"), path="GMT20250211-150214.txt"), Manifest()).date == dt.date(2025, 2, 11)
    assert describe(talk(("A", "x"), path="call 2025-13-45.txt"), Manifest()).date is None


def test_the_same_words_of_the_same_account_are_one_source_wherever_they_lie() -> None:
    here, there = talk(("A", "It is  slow."), path="a.txt"), talk(("A", "It is\nslow."), path="b/c.txt")
    assert identity(here, ZELL, KEYED) == identity(there, ZELL, KEYED)


def test_the_same_words_of_two_customers_are_two() -> None:
    source = talk(("A", "Works fine"))
    assert identity(source, ZELL, KEYED) != identity(source, MARLOW, KEYED)


def test_unknown_customers_are_kept_apart_by_person_or_place() -> None:
    def answer(ref: str, *people: Participant) -> Source:
        return Source(path="s.csv", format="csv", ref=ref, blocks=(block("Works fine"),), participants=people)

    assert identity(answer("row 2"), UNKNOWN, KEYED) != identity(answer("row 3"), UNKNOWN, KEYED)
    one, two = Participant(email="a@gmail.com"), Participant(email="b@gmail.com")
    assert identity(answer("row 2", one), UNKNOWN, KEYED) == identity(answer("row 9", one), UNKNOWN, KEYED)
    assert identity(answer("row 2", one), UNKNOWN, KEYED) != identity(answer("row 2", two), UNKNOWN, KEYED)
