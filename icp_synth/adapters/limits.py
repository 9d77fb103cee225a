"""How much a server may be asked for per minute, kept by all threads of this process together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_BURST = 10.0  # seconds' worth that may go at once after a rest


class Limits:
    """Requests and tokens per minute; None is no limit. Safe to use from many threads.

    Each is a leaky bucket kept as the time at which it will have run dry (the generic cell rate algorithm, ITU-T I.371),
    so that waiting needs no thread of its own and calls are let go in the order in which they came.
    """

    def __init__(
        self,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        self._dry = {"requests": 0.0, "tokens": 0.0}
        self._quiet_until = 0.0
        self._clock = clock
        self._lock = threading.Lock()

    def take(self, tokens: int) -> float:
        """Take a place for a call of about so many tokens. Returns how many seconds later it may be made."""
        with self._lock:
            now = self._clock()
            starts = [self._take("requests", 1, now), self._take("tokens", tokens, now)]
            return max(0.0, max(starts) - now)

    def correct(self, tokens: int) -> None:
        """Take so many tokens more than was thought, or give some back."""
        with self._lock:
            if per_minute := self._per_minute["tokens"]:
                self._dry["tokens"] += tokens * 60 / per_minute

    def leave_alone(self, seconds: float) -> None:
        """Let no call go for so many seconds: the server asked for it, of one call, but means all."""
        with self._lock:
            self._quiet_until = max(self._quiet_until, self._clock() + seconds)

    def quiet(self) -> float:
        """For how many seconds the server still wants to be left alone."""
        with self._lock:
            return max(0.0, self._quiet_until - self._clock())

    def _take(self, what: str, amount: int, now: float) -> float:
        per_minute = self._per_minute[what]
        if not per_minute:
            return now
        start = max(self._dry[what], now - _BURST)
        self._dry[what] = start + amount * 60 / per_minute
        return start
