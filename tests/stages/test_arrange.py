"""A person arranges themes, evidence comes and goes, clustering changes its mind, and the arrangement stands."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.decisions import decided, named
from icp_synth.ports import Vectors
from icp_synth.records import Kind, Overlay, Statement, Theme
from icp_synth.stages.arrange import arrange, by_centre
from icp_synth.stages.cluster import cluster
from tests.small_evidence import statement, unit

_, PATTERN = statement("Imports take three days.", "pain")


def theme(name: str, *members: str, aliases: tuple[str, ...] = (), kind: Kind = "pain") -> Theme:
    return Theme(id=f"{kind}-{name}", kind=kind, founding=f"s-{name}", members=members, aliases=aliases)


def merge(gone: str, into: str) -> Overlay:
    return Overlay(id=f"merge:{gone}", action="theme.merge", target=gone, value={"into": into})


def split(whole: str, into: str, *statements: str, kind: Kind = "pain") -> Overlay:
    value = {"into": into, "kind": kind, "statements": " ".join(statements)}
    return Overlay(id=f"split:{into}", action="theme.split", target=whole, value=value)


def move(one: str, into: str, kind: Kind = "pain") -> Overlay:
    return Overlay(id=f"move:{kind}:{one}", action="theme.move", target=one, value={"into": into, "kind": kind})


def held(themes: Sequence[Theme]) -> dict[str, set[str]]:
    return {theme.id: set(theme.members) for theme in themes}


A, B, C = theme("a", "s-a", "s-a2"), theme("b", "s-b", "s-b2", aliases=("pain-old",)), theme("c", "s-c")


# ---------------------------------------------------------------- merging


def test_a_merged_theme_gives_its_statements_and_all_its_names() -> None:
    (one,) = arrange((A, B), [merge(B.id, A.id)])
    assert set(one.members) == {"s-a", "s-a2", "s-b", "s-b2"}
    assert one.id == A.id and one.aliases == ("pain-b", "pain-old")


def test_it_stays_merged_when_its_founder_comes_back_as_a_theme_of_its_own() -> None:
    once = arrange((A, B), [merge(B.id, A.id)])
    back = (once[0].model_copy(update={"members": ("s-a", "s-a2", "s-b2")}), theme("b", "s-b", "s-new"))
    (again,) = arrange(back, [merge(B.id, A.id)])
    assert set(again.members) == {"s-a", "s-a2", "s-b", "s-b2", "s-new"}


def test_a_theme_that_went_into_one_whose_evidence_is_gone_bears_that_name() -> None:
    """As it does where the evidence goes after the merge."""
    (one,) = arrange((A,), [merge(A.id, B.id)])
    assert (one.id, one.aliases, set(one.members)) == (B.id, (A.id,), {"s-a", "s-a2"})


def test_themes_of_two_kinds_are_never_merged() -> None:
    job = theme("j", "s-j", kind="job")
    assert arrange((job, A), [merge(A.id, job.id), move("s-a", job.id)]) == (job, A)


# ---------------------------------------------------------------- splitting


def test_split_statements_are_a_theme_of_their_own() -> None:
    assert held(arrange((A,), [split(A.id, "pain-a2", "s-a2")])) == {"pain-a": {"s-a"}, "pain-a2": {"s-a2"}}


def test_what_clustering_joins_again_is_taken_apart_again_and_each_keeps_its_name() -> None:
    decisions = [split(A.id, "pain-a2", "s-a2")]
    for joined in (
        theme("a", "s-a", "s-a2", "s-new", aliases=("pain-a2",)),
        theme("a2", "s-a", "s-a2", "s-new", aliases=("pain-a",)),
        theme("c", "s-a", "s-a2", "s-c", aliases=("pain-a", "pain-a2")),
    ):
        apart = arrange((joined,), decisions)
        assert held(apart)["pain-a2"] == {"s-a2"}
        assert named(apart, A.id) is not named(apart, "pain-a2")


def test_real_clustering_does_not_join_what_was_split() -> None:
    said = [PATTERN.model_copy(update={"id": f"s-{n}", "kinds": ("pain",)}) for n in range(3)]
    vectors = {one.id: unit(1) for one in said}
    (whole,) = cluster(said[:2], vectors, ())
    decisions = [split(whole.id, "pain-apart", whole.members[1])]
    apart = arrange((whole,), decisions)
    for statements in (said[:2], said):  # the same evidence again, and more of it
        after = arrange(cluster(statements, vectors, apart), decisions)
        assert named(after, "pain-apart") is not named(after, whole.id)
        assert whole.members[1] in held(after)["pain-apart"]


def test_a_part_that_was_absorbed_by_another_theme_stays_there() -> None:
    absorbed = (theme("a", "s-a"), theme("c", "s-c", "s-a2", aliases=("pain-a2",)))
    assert arrange(absorbed, [split(A.id, "pain-a2", "s-a2")]) == absorbed


def test_a_split_can_be_merged_again() -> None:
    decisions = [split(A.id, "pain-a2", "s-a2"), merge("pain-a2", A.id)]
    (one,) = arrange((A,), decisions)
    assert set(one.members) == {"s-a", "s-a2"} and arrange((one,), decisions) == (one,)


# ---------------------------------------------------------------- moving, and what is not there


def test_a_statement_is_moved_and_its_theme_goes_on_without_it() -> None:
    assert held(arrange((A, B), [move("s-a", B.id)])) == {"pain-a": {"s-a2"}, "pain-b": {"s-a", "s-b", "s-b2"}}


def test_the_last_statement_that_is_moved_takes_the_name_along() -> None:
    (_, b) = arrange((A, B, C), [move("s-c", B.id)])
    assert "s-c" in b.members and "pain-c" in b.aliases


def test_a_decision_about_an_absorbed_theme_follows_its_alias() -> None:
    assert held(arrange((A, B), [move("s-a", "pain-old")]))["pain-b"] >= {"s-a"}


def test_what_is_gone_breaks_nothing() -> None:
    absorbed = (theme("a", "s-a", aliases=("pain-a2",)),)
    assert arrange(absorbed, [split(A.id, "pain-a2", "s-a2")]) == absorbed
    decisions = [merge("pain-x", A.id), split("pain-x", "pain-y", "s-y"), move("s-z", A.id), move("s-z", "pain-x")]
    assert arrange((A, B), decisions) == (A, B) and arrange((), decisions) == ()


# ---------------------------------------------------------------- any decisions, in any order


NAMES = [f"pain-{n}" for n in range(6)] + ["job-0", "job-1"]
STATEMENTS = [f"s-{n}" for n in range(6)]


def kind_of(name: str) -> Kind:
    return "job" if name.startswith("job") else "pain"


Situation = tuple[list[Statement], dict[str, Vectors], list[Overlay]]


def decision(action: int, one: str, other: str, some: list[str]) -> Overlay:
    if action == 0:
        return merge(one, other)
    if action == 1:
        return move(some[0], other, kind_of(other))
    return split(one, f"{kind_of(one)}-part{len(some) % 2}", *some, kind=kind_of(one))


@st.composite
def situations(draw: st.DrawFn, sensible: bool = False) -> Situation:
    """Six statements, some alike, and decisions; sensible ones are about what was there when they were made."""
    kinds = [draw(st.sampled_from([("pain",), ("job", "pain")])) for _ in STATEMENTS]
    said = [PATTERN.model_copy(update={"id": s, "kinds": k}) for s, k in zip(STATEMENTS, kinds, strict=True)]
    axes = [draw(st.integers(0, 2)) for _ in said]
    vectors = {s.id: unit(*([0.0] * axis), 1.0, 0.01 * n) for n, (s, axis) in enumerate(zip(said, axes, strict=True))}
    clustered, made = cluster(said, vectors, ()), list[Overlay]()
    for _ in range(draw(st.integers(0, 5))):
        there = {one.id: one for one in arrange(clustered, made)}
        names = sorted(there) if sensible else NAMES
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        of_one = sorted(there[one].members) if sensible else STATEMENTS
        some = draw(st.lists(st.sampled_from(of_one), min_size=1, max_size=3, unique=True))
        new = decision(draw(st.integers(0, 2)), one, other, some)
        free = new.value["into"] not in {x for t in there.values() for x in (t.id, *t.aliases)}
        if not sensible or new.action != "theme.split" or (free and len(some) < len(of_one)):
            made = [*(old for old in made if old.id != new.id), new]
    return said, vectors, made


@settings(max_examples=100, deadline=None)
@given(situations())
def test_whatever_is_decided_every_statement_stays_in_one_theme_of_each_kind(situation: Situation) -> None:
    said, vectors, decisions = situation
    themes = arrange(cluster(said, vectors, ()), decisions)
    placed = sorted((one.kind, member) for one in themes for member in one.members)
    assert placed == sorted((kind, one.id) for one in said for kind in one.kinds)
    names = [name for one in themes for name in (one.id, *one.aliases)]
    assert len(names) == len({*names}), "a name means one theme"
    assert [one.id for one in themes] == sorted(one.id for one in themes) and all(one.members for one in themes)


@settings(max_examples=200, deadline=None)
@given(situations(sensible=True))
def test_deciding_the_same_again_changes_nothing(situation: Situation) -> None:
    said, vectors, decisions = situation
    once = by_centre(arrange(cluster(said, vectors, ()), decisions), vectors)
    assert by_centre(arrange(once, decisions), vectors) == once


@settings(max_examples=100, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_themes_and_members_does_not_matter(situation: Situation, random: object) -> None:
    said, vectors, decisions = situation
    themes = list(cluster(said, vectors, ()))
    expected = by_centre(arrange(themes, decisions), vectors)
    random.shuffle(themes)  # type: ignore[attr-defined]
    mixed = [one.model_copy(update={"members": one.members[::-1]}) for one in themes]
    assert by_centre(arrange(mixed, decisions), vectors) == expected


@settings(max_examples=100, deadline=None)
@given(situations(), st.sets(st.sampled_from(STATEMENTS)))
def test_drafting_over_and_over_while_evidence_goes_and_comes_never_fails(situation: Situation, gone: set[str]) -> None:
    said, vectors, decisions = situation
    themes: tuple[Theme, ...] = ()
    for statements in (said, [one for one in said if one.id not in gone], said):
        themes = arrange(cluster(statements, vectors, themes), decisions)
        placed = sorted((one.kind, member) for one in themes for member in one.members)
        assert placed == sorted((kind, one.id) for one in statements for kind in one.kinds)
        assert len({one.id for one in themes}) == len(themes)


# ---------------------------------------------------------------- what stands about a theme


def test_what_was_decided_about_a_theme_itself_goes_before_what_comes_by_an_alias() -> None:
    def said(action: str, target: str, **value: str) -> Overlay:
        return Overlay(id=f"{action}:{target}", action=action, target=target, value=value)  # type: ignore[arg-type]

    rejected, accepted = said("claim.reject", "pain-old"), said("claim.accept", B.id)
    assert decided(B, [rejected]).left_out
    assert decided(B, [accepted, rejected]).review == "accepted"
    assert decided(B, [said("theme.pin", "pain-old"), said("claim.edit", B.id, text="Slow")]).wording == "Slow"
    assert decided(A, [rejected, accepted]) == decided(A, [])
    assert decided(B, [said("claim.edit", B.id)]).wording == "", "the words are gone, the decision is not"
