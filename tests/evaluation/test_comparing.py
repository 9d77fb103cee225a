"""Two runs beside each other: what is better, what is worse, what nobody can tell, and what a gate lets through."""

from __future__ import annotations

import pytest

from icp_synth.evaluation.comparing import Difference, compare, regressions
from icp_synth.evaluation.metrics import Figure, share_of
from icp_synth.evaluation.results import Report, Result, Suite


def figure(right: int, of: int = 10, better: str = "higher", *, exact: bool = False) -> Figure:
    """So many of ten items are right."""
    return share_of(((f"item {n}", n < right) for n in range(of)), better, exact=exact)  # type: ignore[arg-type]


def result(reader: str = "extractive", suite: Suite = "interviews", name: str = "rota", **figures: Figure) -> Result:
    return Result(suite=suite, set=name, reader=reader, figures=figures)


def report(*results: Result) -> Report:
    return Report(version="1", analyst="a", embedder="e", detector="d", results=results)


def only(before: Figure | None, after: Figure | None) -> Difference:
    """What is said of a figure that was so, and is so now; None where it isn't there."""
    one, two = (report(result(**({} if f is None else {"recall": f}))) for f in (before, after))
    (told,) = compare(one, two)
    return told


NONE = figure(0, of=0)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (figure(1), figure(9), "better"),
        (figure(9), figure(1), "worse"),
        (figure(1, better="lower"), figure(9, better="lower"), "worse"),
        (figure(9, better="lower"), figure(1, better="lower"), "better"),
        (figure(5), figure(4), "not sure"),
        (figure(5), figure(6), "not sure"),
        (figure(5), figure(5), "same"),
        (figure(10, exact=True), figure(9, exact=True), "worse"),
        (figure(0, better="lower", exact=True), figure(1, better="lower", exact=True), "worse"),
        (figure(9, exact=True), figure(10, exact=True), "better"),
        (figure(5), None, "gone"),
        (figure(5), NONE, "gone"),
        (None, figure(5), "new"),
        (NONE, figure(5), "new"),
        (NONE, NONE, "same"),
    ],
)
def test_a_verdict_is_only_given_where_it_is_sure(before: Figure | None, after: Figure | None, verdict: str) -> None:
    told = only(before, after)
    assert told.verdict == verdict
    assert (regressions([told]) == [told]) is (verdict in ("worse", "gone"))


def test_a_difference_says_from_where_to_where_and_how_sure() -> None:
    told = only(figure(1), figure(9))
    assert (told.suite, told.set, told.reader, told.figure) == ("interviews", "rota", "extractive", "recall")
    assert (told.before, told.after, told.change) == (0.1, 0.9, 0.8)
    assert told.low is not None and told.high is not None and 0 < told.low <= 0.8 <= told.high


def test_figures_without_units_are_never_sure() -> None:
    bare = [figure(n).model_copy(update={"units": {}}) for n in (1, 9)]
    told = only(*bare)
    assert (told.verdict, told.change) == ("not sure", None)


def test_figures_per_kind_are_compared_too() -> None:
    before, after = (report(result().model_copy(update={"by_kind": {"pain": {"recall": figure(n)}}})) for n in (9, 1))
    (told,) = compare(before, after)
    assert (told.figure, told.verdict) == ("pain: recall", "worse")


def test_another_analyst_takes_the_place_of_the_first() -> None:
    before = report(result("extractive-1", recall=figure(1)), result("naive", recall=figure(2)))
    after = report(result("openai:gpt", recall=figure(9)), result("naive", recall=figure(2)))
    ours, naive = compare(before, after)
    assert (ours.reader, ours.before, ours.after, ours.verdict) == ("openai:gpt", 0.1, 0.9, "better")
    assert (naive.reader, naive.verdict) == ("naive", "same")


def test_a_set_or_suite_that_is_not_there_any_more_is_gone() -> None:
    before = report(
        result(recall=figure(5)), result(name="fleet", recall=figure(5)), result(suite="ask", right=figure(5))
    )
    after = report(result(recall=figure(5)), result(name="gym", recall=figure(5)))
    told = {(one.suite, one.set): one.verdict for one in compare(before, after)}
    assert told == {
        ("interviews", "rota"): "same", ("interviews", "fleet"): "gone", ("ask", "rota"): "gone", ("interviews", "gym"): "new",
    }  # fmt: skip
    assert {(one.suite, one.set) for one in regressions(compare(before, after))} == {
        ("interviews", "fleet"), ("ask", "rota"),
    }  # fmt: skip


def test_a_run_is_the_same_as_itself() -> None:
    run = report(result(recall=figure(3), precision=figure(5)), result("naive", recall=figure(2)))
    assert {one.verdict for one in compare(run, run)} == {"same"} and not regressions(compare(run, run))


def test_the_naive_reader_closes_no_gate() -> None:
    before, after = (report(result("extractive", recall=figure(9)), result("naive", recall=figure(n))) for n in (9, 1))
    (told,) = (one for one in compare(before, after) if one.verdict == "worse")
    assert told.reader == "naive" and regressions([told]) == []


def test_nothing_compares_with_nothing() -> None:
    assert compare(report(), report()) == []
