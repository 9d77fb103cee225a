"""Are questions answered from the right places, and refused where the evidence doesn't say?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from icp_synth import asking
from icp_synth.evaluation.gold_file import Question
from icp_synth.evaluation.metrics import share_of
from icp_synth.evaluation.reading import Drafted, Prepared, bears
from icp_synth.evaluation.results import Case, Result
from icp_synth.pipeline import State
from icp_synth.ports import Embedder, Vectors
from icp_synth.records import Answer, Filters, ProfileStatement, Sentence
from icp_synth.retrieval import Found
from icp_synth.stages.answer import Extractive

FIRST = 3  # citations among which one must be right


def measure(read: Drafted, embedder: Embedder) -> Result:
    """Ask every question of a set. An answer is right where one of its first citations stands at a place of the gold."""
    ready, asks = read.prepared, Asked(read, embedder)
    asked = [(question, asks.respond(question.question)) for question in ready.gold.questions]
    answerable = [(question, answer) for question, answer in asked if question.evidence]
    silent = [(question, answer) for question, answer in asked if not question.evidence]
    right = {question.id: _right(question, answer, ready) for question, answer in answerable}
    citations = [one for _, answer in asked for one in answer.citations]
    return Result(
        suite="ask",
        set=ready.gold.name,
        reader=read.profile.analyst,
        figures={
            "answers_right": share_of(
                (question.id, right[question.id]) for question, answer in answerable if not answer.abstained
            ),
            "cited_right": share_of((question.id, right[question.id]) for question, _ in answerable),
            "answered": share_of((question.id, not answer.abstained) for question, answer in answerable),
            "refused": share_of((question.id, answer.abstained) for question, answer in silent),
            "citations_valid": share_of(
                ((ready.unit_of[ready.file_of[one.source_id]], _stands(one, ready)) for one in citations), exact=True
            ),
        },
        cases=tuple(
            Case(what=what, where=question.id, text=question.question, note=_said(answer))
            for what, those in (
                ("answered though the evidence doesn't say", [pair for pair in silent if not pair[1].abstained]),
                ("not cited right", [pair for pair in answerable if not right[pair[0].id]]),
            )
            for question, answer in those
        ),
        facts={"questions": len(asked), "answerable": len(answerable)},
    )


class Exact:
    """Implements `ports.Library` over sentences in memory, by looking at all of them."""

    def __init__(self, sentences: Sequence[Sentence], vectors: Vectors) -> None:
        self._sentences, self._vectors = tuple(sentences), vectors
        self._row = {sentence.id: n for n, sentence in enumerate(self._sentences)}

    def nearest(self, vector: Vectors, n: int, sources: Iterable[str] | None = None) -> list[str]:
        """Ids of the nearest sentences, best first."""
        among = None if sources is None else {*sources}
        scores = np.round(self._vectors @ vector, 6)
        ids = [self._sentences[row].id for row in np.argsort(-scores, kind="stable") if self._is_of(row, among)]
        return ids[:n]

    def vectors(self, sentence_ids: Sequence[str]) -> Vectors:
        """Vectors in the order of the ids."""
        return self._vectors[[self._row[name] for name in sentence_ids]]

    def _is_of(self, row: int, among: set[str] | None) -> bool:
        return among is None or self._sentences[row].source_id in among


class Asked:
    """A set of gold as somebody would ask it, read by an analyst and with its themes."""

    def __init__(self, read: Drafted, embedder: Embedder) -> None:
        ready = read.prepared
        names = sorted(ready.sentences)
        sentences = [sentence for name in names for sentence in ready.sentences[name]]
        self._embedder = embedder
        self._library = Exact(sentences, np.concatenate([ready.vectors[name] for name in names]))
        state = State(
            workspace=f"eval-{ready.gold.name}",
            sources=tuple(ready.sources.values()),
            statements=tuple(read.statements.values()),
            rows=ready.rows,
            overlays=(),
            earlier=read.themes,
        )
        self.base = asking.base(state, sentences, self._library)

    def find(self, question: str) -> Found:
        """What is found for a question."""
        return asking.find(question, self.base, self._library, self._embedder, Filters())

    def respond(self, question: str) -> Answer:
        """The answer that the workspace would give."""
        return asking.respond(question, self.base, self._library, self._embedder, Filters(), Extractive())


def _right(question: Question, answer: Answer, ready: Prepared) -> bool:
    return any(
        bears(one.source_id, one.lines, one.quote, place, ready)
        for one in answer.citations[:FIRST]
        for place in question.evidence
    )


def _stands(one: ProfileStatement, ready: Prepared) -> bool:
    source = ready.sources[one.source_id]
    turn = next((turn for turn in source.turns if turn.start <= one.start < turn.end), None)
    return source.text[one.start : one.end] == one.quote and turn is not None and turn.role == "customer"


def _said(answer: Answer) -> str:
    return answer.answer if answer.abstained else f"confidence {answer.confidence:.2f}: {answer.citations[0].quote}"
