"""The detector in processes of its own: two cores at work, and a text that takes too long can be given up.

A thread can't be stopped and a regular expression can't be interrupted; a process can be killed. Long texts are cut at
line breaks, so that memory is bounded by the piece, whatever the size of the file.
"""

from __future__ import annotations

import os
import pickle
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import LifoQueue
from typing import Any
from weakref import finalize

import icp_synth
from icp_synth.adapters.english import NAME
from icp_synth.adapters.scrub_worker import CPU, LENGTH, write
from icp_synth.errors import ScrubError
from icp_synth.records import Passage, Redaction

_PIECE = 100_000  # characters looked at together
_WORTH_TWO = 150_000  # characters that are worth loading a second process
_LEAST = 8_000  # characters that are worth a request
_SECONDS, _SECONDS_PER_KB = 30.0, 0.5
_LOADING = 120.0  # seconds to start and load; a guess with room, not measured

Task = list[tuple[int, int, Passage]]  # (index of the passage, where the piece begins in it, the piece)
Found = Sequence[Redaction] | ScrubError


class ScrubWorkers:
    """Implements `ports.Detector` with up to `workers` processes, started when they are first needed.

    `seconds` is the time that one request has, longer for longer texts. What takes longer, or kills its process, gives
    ScrubError for that text alone; the process is replaced.
    """

    name = f"presidio-{NAME}"

    def __init__(self, workers: int | None = None, seconds: float = _SECONDS) -> None:
        self._count = workers or min(2, os.cpu_count() or 1)
        self._seconds = seconds
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._busy: set[_Worker | None] = set()
        for _ in range(self._count):
            self._idle.put(None)

    def find(self, text: str) -> Sequence[Redaction]:
        """Personal data in `text`, with offsets into it. Raises ScrubError where it can't be looked at in time."""
        found = self.find_all([Passage(text=text)])[0]
        if isinstance(found, ScrubError):
            raise found
        return found

    def find_all(self, passages: Sequence[Passage]) -> list[Found]:
        """Personal data in many texts; an error instead of findings for a text that fails or takes too long."""
        size = sum(len(passage.text) for passage in passages)
        tasks = _tasks(passages, max(_LEAST, min(_PIECE, size // (4 * self._count))))
        with ThreadPoolExecutor(self._count if size > _WORTH_TWO else 1) as threads:
            try:
                answers = list(threads.map(self._look, tasks))
            except BaseException:  # Ctrl-C: nobody waits for what is still being looked at
                threads.shutdown(wait=False, cancel_futures=True)
                self._stop()
                raise
        found: list[list[Redaction]] = [[] for _ in passages]
        errors: dict[int, ScrubError] = {}
        for task, answer in zip(tasks, answers, strict=True):
            for (n, start, _), one in zip(task, answer, strict=True):
                if isinstance(one, ScrubError):
                    errors[n] = one
                else:
                    found[n].extend(_moved(redaction, start) for redaction in one)
        return [errors.get(n, one) for n, one in enumerate(found)]

    def cpu_seconds(self) -> float:
        """What the processes have computed so far; starts them all. For measuring, while nothing else is asked."""
        workers = [self._idle.get() for _ in range(self._count)]
        workers = [worker or _Worker() for worker in workers]
        for worker in workers:
            self._idle.put(worker)
        return sum(float(worker.ask((CPU, None), self._seconds)[1]) for worker in workers if worker)

    def _stop(self) -> None:
        """End the processes at work, so that the threads that wait for them end too."""
        for worker in tuple(self._busy):
            if worker:
                worker.kill()

    def find_in_label(self, text: str) -> Sequence[Redaction]:
        """Persons in a file name."""
        found: Sequence[Redaction] = self._ask("find_in_label", text, len(text))
        return found

    def _look(self, task: Task) -> list[Found]:
        pieces = [piece for _, _, piece in task]
        try:
            found: list[Found] = self._ask("find_all", pieces, sum(len(piece.text) for piece in pieces))
        except ScrubError as error:
            return [error] if len(task) == 1 else [one for part in task for one in self._look([part])]
        return found

    def _ask(self, method: str, argument: Any, size: int) -> Any:
        worker, sound = self._idle.get(), None
        try:
            worker = worker if worker and worker.alive() else _Worker()
            self._busy.add(worker)
            done, result = worker.ask((method, argument), self._seconds + _SECONDS_PER_KB * size / 1000)
            sound = worker
        except ScrubError:
            if worker:
                worker.kill()
            raise
        finally:
            self._busy.discard(worker)
            self._idle.put(sound)
        if not done:
            raise result
        return result


class _Worker:
    """One process, loaded. Raises ScrubError where it doesn't start."""

    def __init__(self) -> None:
        paths = [str(Path(icp_synth.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "BLIS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "icp_synth.adapters.scrub_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **threads, "PYTHONPATH": os.pathsep.join(paths)},
        )
        finalize(self, _end, self._process)
        done, result = self._answer(time.monotonic() + _LOADING)
        if not done:
            raise result

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        _end(self._process)

    def ask(self, request: tuple[str, Any], seconds: float) -> tuple[bool, Any]:
        """Send a request and wait for its answer. Raises ScrubError where none comes in time."""
        assert self._process.stdin is not None
        try:
            write(self._process.stdin, request)
        except OSError as error:
            raise _gone() from error
        return self._answer(time.monotonic() + seconds)

    def _answer(self, deadline: float) -> tuple[bool, Any]:
        (size,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
        answer: tuple[bool, Any] = pickle.loads(self._read(size, deadline))
        return answer

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor, parts = self._process.stdout.fileno(), []
        while size:
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise ScrubError("The scrubber took too long.", "Nothing of this source was kept; split or report it.")
            part = os.read(descriptor, min(size, 1 << 20))
            if not part:
                raise _gone()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _gone() -> ScrubError:
    return ScrubError("The scrubber's process ended.", "Nothing of this source was kept; run `icp-synth doctor`.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()


def _moved(found: Redaction, by: int) -> Redaction:
    return found.model_copy(update={"start": found.start + by, "end": found.end + by}) if by else found


def _tasks(passages: Sequence[Passage], together: int = _PIECE) -> list[Task]:
    """Passages, long ones in pieces, gathered up to `together` characters a task."""
    tasks: list[Task] = []
    room = 0
    for n, passage in enumerate(passages):
        for start, piece in _pieces(passage):
            if len(piece.text) > room or not tasks:
                tasks.append([])
                room = together
            tasks[-1].append((n, start, piece))
            room -= len(piece.text)
    return tasks


def _pieces(passage: Passage) -> list[tuple[int, Passage]]:
    """A long passage cut at line breaks; where there is none, at a space."""
    text = passage.text
    if len(text) <= _PIECE:
        return [(0, passage)]
    pieces, start = [], 0
    while start < len(text):
        end = min(len(text), start + _PIECE)
        if end < len(text):
            cut = max(text.rfind("\n", start + 1, end), 0) or max(text.rfind(" ", start + 1, end), 0)
            end = cut or end
        said = [one for one in passage.utterances if start <= one.start < end]
        moved = tuple(
            one.model_copy(update={"start": one.start - start, "end": min(one.end, end) - start}) for one in said
        )
        pieces.append((start, Passage(text=text[start:end], utterances=moved)))
        start = end
    return pieces
