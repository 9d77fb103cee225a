"""Many calls at the same time, each on one of a few threads, in a process that can be stopped at any moment."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
Stopped = Callable[[], bool]

_LOOK_UP = 0.1  # seconds: Ctrl-C just before a wait begins is only noticed when that ends
_GRACE = 1.0  # seconds in which those that hold an answer already may put it away


def each(function: Callable[[T, Stopped], R], items: Sequence[T], workers: int) -> list[R]:
    """`function` of every item, in their order; at most `workers` at a time.

    The first exception, or Ctrl-C, ends it: nothing new is begun (`function` is told by its second argument), those at
    it have a second to finish, and it is raised. The threads are daemons, so that one which waits for a server doesn't
    keep the process from ending.
    """
    waiting: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)
    done: queue.SimpleQueue[tuple[int, R] | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                number, item = waiting.get_nowait()
                done.put((number, function(item, stop.is_set)))
        except queue.Empty:
            return
        except BaseException as error:
            done.put(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(items)))]
    found: dict[int, R] = {}
    try:
        for thread in threads:
            thread.start()
        while len(found) < len(items):
            try:
                ended = done.get(timeout=_LOOK_UP)
            except queue.Empty:
                continue
            if isinstance(ended, BaseException):
                raise ended
            found[ended[0]] = ended[1]
    except BaseException:
        stop.set()
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        raise
    return [found[number] for number in range(len(items))]
