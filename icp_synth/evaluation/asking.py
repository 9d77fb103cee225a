"""Are questions answered from the right places, and refused where the evidence doesn't say?"""

from __future__ import annotations

from icp_synth import pipeline
from icp_synth.evaluation.gold_file import Question
from icp_synth.evaluation.metrics import share_of
from icp_synth.evaluation.reading import Prepared, bears
from icp_synth.evaluation.results import Case, Result
from icp_synth.ports import Embedder
from icp_synth.records import Answer, ProfileStatement

FIRST = 3  # citations among which one must be right


def measure(ready: Prepared, embedder: Embedder, reader: str) -> Result:
    """Ask every question of a set. An answer is right where one of its first citations stands at a place of the gold."""
    asked = [(question, respond(question.question, ready, embedder)) for question in ready.gold.questions]
    answerable = [(question, answer) for question, answer in asked if question.evidence]
    silent = [(question, answer) for question, answer in asked if not question.evidence]
    right = {question.id: _right(question, answer, ready) for question, answer in answerable}
    citations = [one for _, answer in asked for one in answer.citations]
    return Result(
        suite="ask",
        set=ready.gold.name,
        reader=reader,
        figures={
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


def respond(question: str, ready: Prepared, embedder: Embedder) -> Answer:
    """The answer that the workspace would give, with the nearest sentences found by looking at all of them."""
    vector = embedder.embed([question])[0]
    found = [
        (sentence, round(float(score), 6))
        for name in sorted(ready.sentences)
        for sentence, score in zip(ready.sentences[name], ready.vectors[name] @ vector, strict=True)
    ]
    ranked = sorted(found, key=lambda pair: (-pair[1], pair[0].id))
    state = pipeline.State(
        workspace=f"eval-{ready.gold.name}",
        sources=tuple(ready.sources.values()),
        statements=(),
        rows=ready.rows,
        overlays=(),
        earlier=(),
    )
    return pipeline.respond(question, ranked, state)


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
