"""Questions to the gold: answered from the right lines, refused where nothing is said, and a citation that slips is caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from icp_synth.evaluation import asking
from icp_synth.evaluation.gold_file import Place, Question
from icp_synth.evaluation.reading import Drafted
from icp_synth.ports import Embedder
from icp_synth.records import Answer, ProfileStatement
from tests.evaluation.conftest import RIGHT, Read, Scripted

Alter = Callable[[Callable[[ProfileStatement], dict[str, Any]]], None]


def values(result: asking.Result) -> dict[str, float | None]:
    return {name: figure.value for name, figure in result.figures.items()}


@pytest.fixture
def ready(read: Read) -> Callable[[], Drafted]:
    """The set, read as the gold has it."""
    return lambda: read(Scripted(RIGHT))


@pytest.fixture
def altered(monkeypatch: pytest.MonkeyPatch) -> Alter:
    """Every citation is changed as told before it is looked at."""
    honest = asking.Asked.respond

    def plant(change: Callable[[ProfileStatement], dict[str, Any]]) -> None:
        def lying(asks: asking.Asked, question: str) -> Answer:
            answer = honest(asks, question)
            cited = tuple(one.model_copy(update=change(one)) for one in answer.citations)
            return answer.model_copy(update={"citations": cited})

        monkeypatch.setattr(asking.Asked, "respond", lying)

    return plant


def test_a_question_is_answered_from_the_right_lines(ready: Callable[[], Drafted], embedder: Embedder) -> None:
    read = ready()
    prepared = read.prepared
    answer = asking.Asked(read, embedder).respond("How many hours does planning the rota take each week?")
    assert not answer.abstained
    first, *_ = answer.citations
    assert (first.quote, first.source, first.lines) == (
        "Planning the rota took me nine hours each week.", "alder.txt", (4, 4),
    )  # fmt: skip
    assert prepared.sources[first.source_id].text[first.start : first.end] == first.quote
    assert answer.answer.startswith(f"“{first.quote}” [1]") and answer.confidence >= 0.5


def test_all_is_right_where_answers_are(ready: Callable[[], Drafted], embedder: Embedder) -> None:
    told = asking.measure(ready(), embedder)
    assert values(told) == dict.fromkeys(
        ("answers_right", "cited_right", "answered", "refused", "citations_valid"), 1.0
    )
    assert told.cases == () and told.facts == {"questions": 3, "answerable": 2}
    assert told.figures["citations_valid"].exact


def test_an_answer_to_what_nobody_said_is_held_against_it(ready: Callable[[], Drafted], embedder: Embedder) -> None:
    read = ready()
    prepared = read.prepared
    asked = Question(id="rota", question="How many hours does planning the rota take?")
    object.__setattr__(prepared, "gold", prepared.gold.model_copy(update={"questions": (asked,)}))
    told = asking.measure(read, embedder)
    assert told.figures["refused"].value == 0.0
    (case,) = told.cases
    assert (case.what, case.where) == ("answered though the evidence doesn't say", "rota")
    assert case.text == asked.question and "Planning the rota" in case.note


def test_silence_where_there_is_an_answer_is_held_against_it(ready: Callable[[], Drafted], embedder: Embedder) -> None:
    read = ready()
    prepared = read.prepared
    asked = Question(id="odd", question="What about the dividend?", evidence=(Place(file="alder.txt", lines=(4, 4)),))
    object.__setattr__(prepared, "gold", prepared.gold.model_copy(update={"questions": (asked,)}))
    told = asking.measure(read, embedder)
    assert (told.figures["answered"].value, told.figures["cited_right"].value) == (0.0, 0.0)
    (case,) = told.cases
    assert case.what == "not cited right" and "evidence doesn't say" in case.note


def test_we_are_never_cited_even_where_we_say_it_best(ready: Callable[[], Drafted], embedder: Embedder) -> None:
    answer = asking.Asked(ready(), embedder).respond("How long does the app take to plan a month?")
    assert "Our app plans a month" not in answer.model_dump_json()


@pytest.mark.parametrize("by", [-1, 1, 40])
def test_a_citation_that_slips_is_caught(
    ready: Callable[[], Drafted], embedder: Embedder, altered: Alter, by: int
) -> None:
    altered(lambda one: {"start": one.start + by, "end": one.end + by})
    assert asking.measure(ready(), embedder).figures["citations_valid"].value == 0.0


def test_a_word_that_nobody_said_in_a_quote_is_caught(
    ready: Callable[[], Drafted], embedder: Embedder, altered: Alter
) -> None:
    altered(lambda one: {"quote": one.quote.replace("nine", "ninety")})
    assert (asking.measure(ready(), embedder).figures["citations_valid"].value or 0) < 1.0


def test_a_citation_of_other_lines_is_not_right(
    ready: Callable[[], Drafted], embedder: Embedder, altered: Alter
) -> None:
    altered(lambda one: {"lines": (7, 7)})
    told = asking.measure(ready(), embedder)
    assert told.figures["cited_right"].value == 0.0 and told.figures["answered"].value == 1.0
    assert {case.what for case in told.cases} == {"not cited right"}


def test_a_quote_of_ours_is_no_valid_citation(ready: Callable[[], Drafted], embedder: Embedder, altered: Alter) -> None:
    prepared = ready().prepared
    source = next(one for one in prepared.sources.values() if "Our app" in one.text)
    start = source.text.index("Our app")
    said = {"quote": source.text[start : start + 20], "start": start, "end": start + 20, "source_id": source.id}
    altered(lambda _: said)
    assert asking.measure(ready(), embedder).figures["citations_valid"].value == 0.0
