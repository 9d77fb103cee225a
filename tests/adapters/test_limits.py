"""Limits per minute: shared, in order, and true to the number over any stretch of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from icp_synth.adapters.limits import Limits


class Clock:
    """Seconds, as they are set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_without_limits_nothing_waits() -> None:
    limits = Limits()
    assert [limits.take(1_000_000) for _ in range(5)] == [0.0] * 5 and limits.quiet() == 0


@given(st.integers(1, 600), st.lists(st.floats(0, 5), max_size=200))
def test_no_more_requests_go_in_any_minute_than_allowed_and_a_burst(per_minute: int, gaps: list[float]) -> None:
    clock = Clock()
    limits = Limits(requests_per_minute=per_minute, clock=clock)
    went = []
    for gap in gaps:
        clock.now += gap
        went.append(clock.now + limits.take(1))
    for first in went:
        inside = [moment for moment in went if first <= moment < first + 60]
        assert len(inside) <= per_minute + per_minute * 10 / 60 + 1
    assert went == sorted(went), "in the order in which they came"


def test_tokens_are_counted_and_put_right_once_they_are_known() -> None:
    clock = Clock()
    limits = Limits(tokens_per_minute=6000, clock=clock)
    waits = [limits.take(1000) for _ in range(3)]
    assert waits == [0.0, 0.0, 10.0], "1,000 a ten seconds' burst, then one each ten seconds"
    limits.correct(-500)
    assert limits.take(1000) == 15.0, "five seconds earlier than if the last had been as long as was thought"
    clock.now += 3600
    assert limits.take(1000) == 0.0


def test_a_server_that_wants_peace_gets_it_from_all() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    limits.leave_alone(7)
    limits.leave_alone(2)
    assert limits.quiet() == 7
    clock.now += 7
    assert limits.quiet() == 0
