"""Statements become themes: alike ones together, odd ones alone, and names that last while evidence comes and goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from icp_synth.ports import Vectors
from icp_synth.records import Kind, Statement, Theme
from icp_synth.stages.cluster import cluster
from tests.small_evidence import statement, unit

KINDS: tuple[Kind, ...] = ("pain", "job", "proof")
_, PATTERN = statement("Imports take three days.", "pain")

Vectored = tuple[list[Statement], dict[str, Vectors]]


def named(number: int, *kinds: Kind) -> Statement:
    """A statement with an id of its own; `cluster` looks at ids and kinds only."""
    return PATTERN.model_copy(update={"id": f"s-{number:02d}", "kinds": kinds})


def near(centre: Vectors, cosine: float, axis: int) -> Vectors:
    """A unit vector at that cosine similarity to `centre`, leaning towards an axis that is otherwise unused."""
    return cosine * centre + np.sqrt(1 - cosine**2) * unit(*([0.0] * axis), 1.0)


@st.composite
def vectored(draw: st.DrawFn) -> Vectored:
    """Up to 18 statements of one or two kinds, their vectors around a few random centres, so that some are alike."""
    count = draw(st.integers(1, 18))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    centres = rng.normal(size=(draw(st.integers(1, 5)), 8))
    spread = draw(st.sampled_from([0.05, 0.5, 1.0, 2.0]))
    rows = centres[rng.integers(0, len(centres), count)] + spread * rng.normal(size=(count, 8))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kinds = [tuple(sorted(draw(st.sets(st.sampled_from(KINDS), min_size=1, max_size=2)))) for _ in range(count)]
    statements = [named(number, *kind) for number, kind in enumerate(kinds)]
    return statements, {s.id: row.astype(np.float32) for s, row in zip(statements, rows, strict=True)}


def by_id(rows: NDArray[np.float64]) -> dict[str, Vectors]:
    """The rows as unit vectors of statements 0, 1, 2 …"""
    unit_rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return {f"s-{number:02d}": row.astype(np.float32) for number, row in enumerate(unit_rows)}


def blob(centre: Vectors, count: int, spread: float, seed: int = 0) -> dict[str, Vectors]:
    """Statements 0, 1, 2 … scattered around a centre."""
    noise = np.random.default_rng(seed).normal(size=(count, len(centre))) / len(centre) ** 0.5
    return by_id(centre + spread * noise)


def members(themes: Sequence[Theme]) -> set[tuple[Kind, frozenset[str]]]:
    return {(theme.kind, frozenset(theme.members)) for theme in themes}


def of(themes: Sequence[Theme], member: str, kind: Kind = "pain") -> Theme:
    """The theme of a statement."""
    return next(theme for theme in themes if theme.kind == kind and member in theme.members)


# ---------------------------------------------------------------- what is a theme


def test_alike_statements_are_one_theme_and_an_odd_one_stays_alone() -> None:
    slow, odd = unit(1), unit(0, 0, 0, 1)
    vectors = {"s-00": slow, "s-01": near(slow, 0.9, 1), "s-02": odd}
    themes = cluster([named(n, "pain") for n in range(3)], vectors, ())
    assert members(themes) == {("pain", frozenset({"s-00", "s-01"})), ("pain", frozenset({"s-02"}))}


def test_kinds_are_never_mixed_and_a_statement_of_two_kinds_is_in_a_theme_of_each() -> None:
    same = unit(1)
    themes = cluster([named(0, "pain"), named(1, "job", "pain")], {"s-00": same, "s-01": same}, ())
    assert members(themes) == {("pain", frozenset({"s-00", "s-01"})), ("job", frozenset({"s-01"}))}


def test_the_most_central_statement_stands_first() -> None:
    centre = unit(1)
    vectors = {"s-00": near(centre, 0.8, 1), "s-01": centre, "s-02": near(centre, 0.8, 2)}
    (theme,) = cluster([named(n, "pain") for n in range(3)], vectors, ())
    assert theme.members[0] == "s-01" == theme.founding


@settings(max_examples=60, deadline=None)
@given(vectored())
def test_every_statement_is_in_one_theme_of_each_of_its_kinds(given_: Vectored) -> None:
    statements, vectors = given_
    placed = [(theme.kind, member) for theme in cluster(statements, vectors, ()) for member in theme.members]
    assert sorted(placed) == sorted((kind, s.id) for s in statements for kind in s.kinds)


def test_statements_about_one_matter_are_one_theme_however_many_they_are() -> None:
    """What all have in common is taken off, but never so much that a set about one matter falls apart."""
    for count in (2, 5, 12, 40):
        rows = blob(unit(1, dimensions=64), count, 0.3, seed=count)
        (theme,) = cluster([named(n, "pain") for n in range(count)], rows, ())
        assert len(theme.members) == count


def test_statements_that_share_only_a_tone_are_not_counted_as_saying_the_same() -> None:
    """Each half alike to all others, as the words of one trade are: no two of them are one theme."""
    rng = np.random.default_rng(1)
    rows = unit(1, dimensions=384) * 0.65 + rng.normal(size=(40, 384)) / 384**0.5 * 0.76
    vectors = by_id(rows)
    assert all(len(theme.members) == 1 for theme in cluster([named(n, "pain") for n in range(40)], vectors, ()))


def test_large_and_small_groups_are_found_side_by_side_and_their_number_is_not_given() -> None:
    sizes = (120, 60, 40, 30, 20, 12, 8, 5, 3)
    rng = np.random.default_rng(3)
    rows, truth = [], []
    for number, size in enumerate(sizes):
        centre = rng.normal(size=64) / 8
        rows.append(centre + 0.5 * rng.normal(size=(size, 64)) / 8)
        truth += [number] * size
    vectors = by_id(np.concatenate(rows))
    themes = cluster([named(n, "pain") for n in range(len(truth))], vectors, ())
    found = [{truth[int(member[2:])] for member in theme.members} for theme in themes if len(theme.members) > 1]
    assert all(len(topics) == 1 for topics in found), "none is mixed"
    assert {topic for topics in found for topic in topics} == set(range(len(sizes)))
    assert len(found) <= 1.3 * len(sizes)


# ---------------------------------------------------------------- the same in, the same out


@settings(max_examples=60, deadline=None)
@given(vectored())
def test_clustering_again_changes_nothing(given_: Vectored) -> None:
    statements, vectors = given_
    once = cluster(statements, vectors, ())
    assert cluster(statements, vectors, once) == once


@settings(max_examples=60, deadline=None)
@given(vectored(), st.randoms(use_true_random=False))
def test_the_order_of_statements_and_of_earlier_themes_does_not_matter(given_: Vectored, random: object) -> None:
    statements, vectors = given_
    earlier = cluster(statements[::2], vectors, ())
    first = cluster(statements, vectors, earlier)
    shuffled, themes = list(statements), list(earlier)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(themes)  # type: ignore[attr-defined]
    assert cluster(shuffled, vectors, themes) == first


# ---------------------------------------------------------------- names that last


@settings(max_examples=60, deadline=None)
@given(vectored(), st.integers(0, 18))
def test_more_evidence_never_takes_a_small_theme_apart_nor_any_name_away(given_: Vectored, known: int) -> None:
    statements, vectors = given_
    before = cluster(statements[:known], vectors, ())
    after = cluster(statements, vectors, before)
    names = {name: theme for theme in after for name in (theme.id, *theme.aliases)}
    for theme in before:
        if len(names[theme.id].members) < 6:
            assert set(theme.members) <= set(names[theme.id].members)
        if len(theme.members) > 1 and len(names[theme.id].members) < 6:
            assert names[theme.id].id == theme.id, "only themes of one are absorbed, but on strong grounds"


@settings(max_examples=60, deadline=None)
@given(vectored(), st.sets(st.integers(0, 17)))
def test_taking_evidence_away_leaves_the_other_themes_with_their_names(given_: Vectored, gone: set[int]) -> None:
    statements, vectors = given_
    before = cluster(statements, vectors, ())
    left = [s for n, s in enumerate(statements) if n not in gone]
    after = cluster(left, vectors, before)
    alive = {s.id for s in left}
    for theme in before:
        if len(alive & set(theme.members)) > 1:
            kept = next(t for t in after if t.id == theme.id)
            assert alive & set(theme.members) <= set(kept.members)


def test_a_new_statement_joins_the_theme_that_is_near_and_no_other() -> None:
    slow, trust = unit(1), unit(0, 0, 0, 1)
    old = [named(n, "pain") for n in range(4)]
    vectors = {"s-00": slow, "s-01": slow, "s-02": trust, "s-03": trust}
    before = cluster(old, vectors, ())
    vectors |= {"s-04": near(slow, 0.8, 1), "s-05": near(trust, 0.1, 2)}
    after = cluster([*old, named(4, "pain"), named(5, "pain")], vectors, before)
    assert of(after, "s-04").id == of(before, "s-00").id
    assert of(after, "s-05").members == ("s-05",)


def test_themes_of_one_that_new_evidence_shows_to_be_one_thing_keep_the_older_name_and_the_other_as_an_alias() -> None:
    centre = unit(1)
    vectors = {"s-00": near(centre, 0.68, 1), "s-01": near(centre, 0.68, 2), "s-02": centre, "s-03": centre}
    before = cluster([named(0, "pain"), named(1, "pain")], vectors, ())
    assert [theme.members for theme in before] == [("s-00",), ("s-01",)]
    (after,) = cluster([named(n, "pain") for n in range(4)], vectors, before)
    assert after.id == before[0].id and after.aliases == (before[1].id,)
    assert cluster([named(n, "pain") for n in range(4)], vectors, (after,)) == (after,)


def test_themes_that_new_evidence_makes_one_are_merged() -> None:
    """Two names for one matter, drafted apart by hand: the larger keeps its id, and both ids lead there."""
    vectors = blob(unit(1, dimensions=32), 13, 0.5)
    ids = sorted(vectors)
    before = [
        Theme(id="pain-00", kind="pain", founding="s-00", members=tuple(ids[:5])),
        Theme(id="pain-05", kind="pain", founding="s-05", members=tuple(ids[5:12])),
    ]
    assert len(cluster([named(n, "pain") for n in range(12)], vectors, before)) == 2, "nothing without new evidence"
    (after,) = cluster([named(n, "pain") for n in range(13)], vectors, before)
    assert after.id == "pain-05" and after.aliases == ("pain-00",) and len(after.members) == 13


def test_a_theme_of_two_matters_is_split_when_it_grows_and_the_half_gets_its_old_name_back() -> None:
    one, other = unit(1, dimensions=32), unit(0.1, 1, dimensions=32)
    sides = [blob(one, 5, 0.3, seed=1), blob(other, 5, 0.3, seed=2), blob(one, 1, 0.3, seed=3)]
    vectors = by_id(np.stack([row for side in sides for row in side.values()]).astype(np.float64))
    theme = Theme(id="pain-00", kind="pain", founding="s-00", members=tuple(sorted(vectors)[:10]), aliases=("pain-07",))
    statements = [named(n, "pain") for n in range(11)]
    assert len(cluster(statements[:10], vectors, [theme])) == 1, "left alone without new evidence"
    stays, split = cluster(statements, vectors, [theme])
    assert (stays.id, stays.aliases, set(stays.members)) == ("pain-00", (), {*sorted(vectors)[:5], "s-10"})
    assert (split.id, split.founding, set(split.members)) == ("pain-07", "s-07", set(sorted(vectors)[5:10]))


@settings(max_examples=60, deadline=None)
@given(vectored(), st.lists(st.sets(st.integers(0, 17)), max_size=4))
def test_whatever_comes_and_goes_no_two_themes_have_one_name(given_: Vectored, rounds: list[set[int]]) -> None:
    statements, vectors = given_
    themes: tuple[Theme, ...] = ()
    for gone in (*rounds, set[int]()):
        themes = cluster([s for n, s in enumerate(statements) if n not in gone], vectors, themes)
        assert len({theme.id for theme in themes}) == len(themes)
    assert sum(len(theme.members) for theme in themes) == sum(len(s.kinds) for s in statements)


def test_a_founder_that_comes_back_comes_back_to_its_theme() -> None:
    """However far the others have moved from it: it would else found a second theme of the same name."""
    slow, far = unit(1), unit(0, 0, 0, 1)
    vectors = {"s-00": far, "s-01": slow, "s-02": slow}
    theme = Theme(id="pain-00", kind="pain", founding="s-00", members=("s-01", "s-02"))
    (after,) = cluster([named(n, "pain") for n in range(3)], vectors, (theme,))
    assert after.id == "pain-00" and set(after.members) == {"s-00", "s-01", "s-02"}


def test_a_theme_that_is_absorbed_brings_the_names_it_had_absorbed() -> None:
    vectors = {"s-00": unit(1), "s-01": unit(1), "s-02": unit(1)}
    themes = [
        Theme(id="pain-00", kind="pain", founding="s-00", members=("s-00",)),
        Theme(id="pain-01", kind="pain", founding="s-01", members=("s-01",), aliases=("pain-09",)),
    ]
    assert len(cluster([named(0, "pain"), named(1, "pain")], vectors, themes)) == 2, "nothing without new evidence"
    (after,) = cluster([named(n, "pain") for n in range(3)], vectors, themes)
    assert after.id == "pain-00" and after.aliases == ("pain-01", "pain-09")


def test_a_theme_whose_founder_was_withdrawn_keeps_its_name() -> None:
    vectors = {f"s-0{n}": unit(1) for n in range(3)}
    (before,) = cluster([named(n, "pain") for n in range(3)], vectors, ())
    (after,) = cluster([named(n, "pain") for n in (1, 2)], vectors, (before,))
    assert before.founding == "s-00" == after.founding and after.id == before.id
    assert after.members == ("s-01", "s-02")
