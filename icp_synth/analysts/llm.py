"""The model-driven reader: a chat model points at sentences by number, and code copies their words.

`request` turns a batch of sentences into messages, `read` an answer into candidates; both are pure. The model never
writes evidence: it is asked for numbers that count within the batch, and `evidence.admit` checks what they lead to.
Evidence is sent as JSON between marks that it can't write itself, and as data: what it says is never an instruction.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from icp_synth.errors import ModelError
from icp_synth.evidence import MAX_SENTENCES
from icp_synth.ports import ChatModel, Detector, Spender, Vectors
from icp_synth.prompting import Prompt
from icp_synth.records import Call, Candidate, CleanSource, Kind, Record, Redaction, Sentence, Tone, Usage

BATCH = 40  # sentences a call; enough to see an answer whole, few enough for small models to keep their numbers apart
INPUTS = frozenset({"source_kind", "lines"})

_LONGEST = 1000  # characters of a sentence that are shown; only a text without any full stop comes near
_CONFIDENCE = {"core": 0.9, "minor": 0.6}
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")


class Proposal(BaseModel):
    """One claim of the customer."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[int]
    kinds: list[Kind]
    tone: Tone
    strength: Literal["core", "minor"]


class Extraction(BaseModel):
    """What the customer claims in these sentences. Empty where nothing is claimed."""

    model_config = ConfigDict(extra="forbid")

    claims: list[Proposal]


class Request(Record):
    """A call, and the sentences whose numbers (from 1) count in it."""

    call: Call[Extraction]
    sentences: tuple[Sentence, ...]


def request(prompt: Prompt, source: CleanSource, sentences: Sequence[Sentence]) -> Request:
    """The call about a batch of sentences of one source. A line of context precedes the sentences of each answer."""
    lines: list[str] = []
    context: tuple[int, str, str] | None = None
    for number, sentence in enumerate(sentences, start=1):
        here = (sentence.turn, sentence.question, sentence.heading)
        if here != context:
            told = {"under": shown(sentence.heading), "asked": shown(sentence.question)}
            if source.turns[sentence.turn].voice == "reported":
                told["told_by"] = "somebody else"
            lines.append(_json({"answer": {key: value for key, value in told.items() if value}}))
            context = here
        lines.append(_json({"n": number, "text": shown(sentence.text)}))
    call = prompt.call(Extraction, source_kind=source.kind.replace("_", "-"), lines=lines)
    return Request(call=call, sentences=tuple(sentences))


def read(reply: Extraction, asked: Request) -> list[Candidate]:
    """Candidates in the order of their sentences, those with the same sentences made one.

    A claim about a number that wasn't given, about sentences that don't follow each other, or of no kind is left out;
    where that leaves nothing of an answer, the answer is no answer: ModelError.
    """
    found: dict[tuple[int, ...], Candidate] = {}
    for claim in reply.claims:
        numbers = tuple(sorted(set(claim.sentences)))
        if not claim.kinds or not _neighbours(numbers, len(asked.sentences)):
            continue
        kinds = dict.fromkeys(claim.kinds, _CONFIDENCE[claim.strength])
        sentences = [asked.sentences[number - 1] for number in numbers]
        before = found.get(numbers)
        if before:
            kinds = {kind: max(kinds.get(kind, 0), before.kinds.get(kind, 0)) for kind in {**before.kinds, **kinds}}
        found[numbers] = Candidate(
            source_id=sentences[0].source_id,
            sentence_ids=tuple(sentence.id for sentence in sentences),
            kinds=kinds,
            tone=before.tone if before else claim.tone,
        )
    if reply.claims and not found:
        raise ModelError("The model answered about sentences that it wasn't given.", "Try again, or a larger model.")
    return [found[numbers] for numbers in sorted(found)]


def _neighbours(numbers: tuple[int, ...], last: int) -> bool:
    """Whether these are one or two numbers in 1..last that follow each other."""
    return (
        1 <= len(numbers) <= MAX_SENTENCES
        and numbers[0] >= 1
        and numbers[-1] <= last
        and numbers[-1] - numbers[0] == len(numbers) - 1
    )


def shown(text: str) -> str:
    """A text as the model sees it: on one line, without invisible and control characters, not endless."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn"))[:_LONGEST]


def _json(value: object) -> str:
    # "<\/" is JSON for "</": no evidence can close the mark around it.
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


class LlmAnalyst:
    """Implements `ports.Analyst` with a chat model. One call per batch; where one fails the reading ends.

    What still looks like a person's name to the detector is masked in what is sent (the tagger's guess depends on the
    words around it, and the scrubber saw others). What it finds in the message after that stops the call.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, detector: Detector) -> None:
        self.name = f"{model.name} ({prompt.id} {prompt.version})"
        self._model = model
        self._prompt = prompt
        self._detector = detector

    @property
    def used(self) -> Usage:
        """What the model was used for so far; nothing where it doesn't say."""
        return self._model.used if isinstance(self._model, Spender) else Usage()

    def read(
        self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, questions: Vectors
    ) -> list[Candidate]:
        """Candidates among the customer sentences of one source, in their order. Raises ModelError."""
        batches = [sentences[start : start + BATCH] for start in range(0, len(sentences), BATCH)]
        asked = [request(self._prompt, source, self._masked(batch)) for batch in batches]
        for one in asked:
            self._gate(one, source)
        found = []
        for one, reply in zip(asked, self._model.ask_all([one.call for one in asked]), strict=True):
            if isinstance(reply, ModelError):
                raise reply
            found += read(reply, one)
        return found

    def _masked(self, batch: Sequence[Sentence]) -> list[Sentence]:
        """The sentences as the model may see them; their ids stay."""
        texts = list(dict.fromkeys(shown(text) for s in batch for text in (s.heading, s.question, s.text)))
        joined = "\n".join(texts)
        for found in sorted(self._findings(joined), key=lambda f: f.start, reverse=True):
            if found.entity == "PERSON":
                breaks = "\n" * joined.count("\n", found.start, found.end)
                joined = f"{joined[: found.start]}<PERSON>{breaks}{joined[found.end :]}"
        masked = dict(zip(texts, joined.split("\n"), strict=True))
        return [
            s.model_copy(update={name: masked[shown(getattr(s, name))] for name in ("heading", "question", "text")})
            for s in batch
        ]

    def _gate(self, asked: Request, source: CleanSource) -> None:
        entities = sorted({found.entity for found in self._findings(asked.call.user)})
        if entities:
            raise ModelError(
                f"Nothing was sent of {source.path}: it still holds personal data ({', '.join(entities)}).",
                "Take it out of the file and add it again, or read with --analyst extractive.",
            )

    def _findings(self, text: str) -> list[Redaction]:
        """What the detector finds outside placeholders."""
        placeholders = [match.span() for match in _PLACEHOLDER.finditer(text)]
        return [
            found
            for found in self._detector.find(text)
            if not any(start <= found.start and found.end <= end for start, end in placeholders)
        ]
