"""Inventions made by code: each differs from the true sentence in what it says, and the same cases give the same ones."""

from __future__ import annotations

from icp_synth.evaluation.planting import Borne, planted

CASES = [
    Borne(
        id="one", sentence="Alder House spends about nine hours a week on the rota, and nobody likes it.",
        quotes=("We spend about nine hours a week on the rota, and nobody likes it.",), accounts=("Alder House",),
    ),
    Borne(
        id="two", sentence="Refunds at Birch Care don't arrive within 14 days.",
        quotes=("Our refunds don't arrive within 14 days.",), accounts=("Birch Care",),
    ),
]  # fmt: skip


def test_every_kind_is_planted_and_none_is_the_sentence_itself() -> None:
    made = planted(CASES, 100)
    assert {one.kind for one in made} == {
        "number", "unit", "name", "account", "negation", "cause", "stronger", "detail", "other evidence"
    }  # fmt: skip
    true = {case.sentence: case.quotes for case in CASES}
    assert all(true.get(one.sentence) != one.quotes for one in made)
    assert len({one.id for one in made}) == len(made)


def test_one_thing_is_changed_at_a_time() -> None:
    said = {one.kind: one.sentence for one in planted(CASES[1:] + CASES[:1], 100) if one.id.startswith("two")}
    assert "don't" not in said["negation"] and "14" not in said["number"] and "14 days" not in said["unit"]


def test_as_many_as_are_asked_for_evenly_and_always_the_same() -> None:
    made = planted(CASES, 9)
    assert len(made) == 9 == len({one.kind for one in made}) and made == planted(CASES, 9)
