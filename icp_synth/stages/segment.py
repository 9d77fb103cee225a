"""Clean sources → sentences, the unit that is embedded, retrieved and quoted.

A sentence never crosses the end of a block, but for captions and calls, whose cues run on into each other.
"""

from __future__ import annotations

from icp_synth.evidence import block_at
from icp_synth.records import CleanSource, Sentence
from icp_synth.sentence_boundaries import sentence_spans


def segment(source: CleanSource) -> tuple[Sentence, ...]:
    """Sentences of every turn of a source, in order, each with the question that it answers and its nearest heading."""
    sentences: list[Sentence] = []
    counts: dict[int, int] = {}
    for index, turn in enumerate(source.turns):
        question = "" if turn.question is None else _question_text(source, turn.question)
        for start, end in _runs(source, turn.start, turn.end):
            for first, last in sentence_spans(source.text[start:end]):
                block = block_at(source, start + first)
                ordinal = counts[block] = counts.get(block, -1) + 1
                heading = source.blocks[block].heading or ""
                sentences.append(
                    Sentence(
                        id=f"{source.id}.{block}.{ordinal}",
                        source_id=source.id,
                        turn=index,
                        block=block,
                        ordinal=ordinal,
                        start=start + first,
                        end=start + last,
                        text=" ".join(source.text[start + first : start + last].split()),
                        question=question,
                        heading="" if heading == question else heading,
                    )
                )
    return tuple(sentences)


def _question_text(source: CleanSource, turn: int) -> str:
    asked = source.turns[turn]
    text = " ".join(source.text[asked.start : asked.end].split())
    questions = [text[s:e] for s, e in sentence_spans(text) if text[s:e].rstrip("*_ ").endswith(("?", ":"))]
    return " ".join(questions[-2:]) if questions else text[-300:]


def _runs(source: CleanSource, start: int, end: int) -> list[tuple[int, int]]:
    """The blocks of a turn; timed blocks (captions, calls) are joined, since a sentence may run over several cues."""
    runs: list[tuple[int, int]] = []
    timed = False
    for block in source.blocks:
        if block.end <= start or block.start >= end:
            continue
        is_timed = block.locator.unit == "time"
        if runs and timed and is_timed:
            runs[-1] = (runs[-1][0], block.end)
        else:
            runs.append((block.start, block.end))
        timed = is_timed
    return runs
