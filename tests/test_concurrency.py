"""Many things at the same time: in order, no more than allowed, and stoppable at any moment."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

import pytest

from icp_synth.concurrency import each


def test_results_stand_in_the_order_of_their_items() -> None:
    def slow_at_first(number: int, stopped: Callable[[], bool]) -> int:
        time.sleep(0.05 if number == 0 else 0)
        return number * number

    assert each(slow_at_first, range(50), 8) == [n * n for n in range(50)]
    assert each(slow_at_first, [], 8) == []


def test_an_error_is_raised_and_nothing_new_is_begun() -> None:
    begun = []

    def fails(number: int, stopped: Callable[[], bool]) -> int:
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        time.sleep(0.02)
        return number

    with pytest.raises(ValueError, match="three"):
        each(fails, range(1000), 2)
    time.sleep(0.1)
    assert len(begun) < 20


def test_ctrl_c_leaves_at_once_though_a_call_hangs_and_lets_those_finish_that_are_nearly_done() -> None:
    hanging, all_here, finished, told = threading.Event(), threading.Barrier(3), [], []

    def work(number: int, stopped: Callable[[], bool]) -> None:
        if number == 0:
            hanging.wait(60)
            return
        all_here.wait(20)
        if number == 1:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.3)
        told.append(stopped())
        finished.append(number)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        each(work, range(100), 4)
    assert time.monotonic() - began < 20, "the call that hangs would take a minute"
    assert sorted(finished) == [1, 2, 3] and told == [True] * 3
    hanging.set()
