"""The scrubber fails closed: what can't be looked at in time is refused, and only that."""

from __future__ import annotations

import pytest

from icp_synth.adapters.scrub_workers import ScrubWorkers, _tasks
from icp_synth.errors import ScrubError
from icp_synth.records import Passage, Utterance


def test_a_process_that_dies_is_replaced_and_its_text_is_refused() -> None:
    workers = ScrubWorkers(workers=1)
    assert {found.entity for found in workers.find("Write to dana@example.com.")} == {"EMAIL_ADDRESS"}
    process = workers._idle.queue[0]._process  # type: ignore[union-attr]
    process.kill()
    process.wait()
    assert {found.entity for found in workers.find("Write to dana@example.com.")} == {"EMAIL_ADDRESS"}


def test_what_takes_too_long_is_refused() -> None:
    workers = ScrubWorkers(workers=1)
    workers.find("warm")
    workers._seconds = -1.0
    with pytest.raises(ScrubError, match="too long"):
        workers.find("Write to dana@example.com.")
    workers._seconds = 30.0
    assert workers.find("Write to dana@example.com.")


def test_long_texts_are_cut_at_line_breaks_and_found_whole() -> None:
    line = "We like it a lot.\n"
    text = line * 12_000 + "Write to dana@example.com."
    tasks = _tasks([Passage(text=text, utterances=(Utterance(start=len(text) - 26, end=len(text)),))])
    pieces = [(start, piece) for task in tasks for _, start, piece in task]
    assert "".join(piece.text for _, piece in pieces) == text
    assert all(len(piece.text) <= 100_000 for _, piece in pieces)
    start, last = pieces[-1]
    assert last.text[last.utterances[0].start :] == "Write to dana@example.com."
    found = ScrubWorkers().find(text)
    assert {text[f.start : f.end] for f in found if f.entity == "EMAIL_ADDRESS"} == {"dana@example.com"}
