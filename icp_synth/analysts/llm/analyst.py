"""Implements `ports.Analyst` with a chat model: each task asks all its calls at once, and says what it got no answer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import BaseModel

from icp_synth.analysts.extractive import ExtractiveAnalyst
from icp_synth.analysts.llm import consolidate, extract, rebut, sieve, synthesize, word
from icp_synth.analysts.llm.sending import Sender
from icp_synth.errors import CutShortError, ModelError
from icp_synth.ports import ChatModel, Detector, Passages, Spender, Vectors
from icp_synth.prompting import Prompt
from icp_synth.records import (
    Candidate,
    Claim,
    Consolidation,
    Dropped,
    Partial,
    Proposed,
    Section,
    Statement,
    Task,
    Theme,
    Usage,
    Wording,
    Written,
)
from icp_synth.stages.rebut import ANSWERS, MOST, likely

OUTPUTS: Mapping[str, type[BaseModel]] = {
    "extract": extract.Extraction,
    "consolidate": consolidate.Consolidated,
    "word": word.Worded,
    "rebut": rebut.Answering,
    "synthesize": synthesize.Portrait,
}
INPUTS: Mapping[str, frozenset[str]] = {
    name: frozenset({"lines", "source_kind"} if name == "extract" else {"lines"}) for name in OUTPUTS
}


class LlmAnalyst:
    """The chain. Where the model gives no usable answer, what the embedded reader would do stands in, or nothing does."""

    def __init__(self, model: ChatModel, prompts: Mapping[str, Prompt], detector: Detector) -> None:
        """`prompts` holds one for each of `OUTPUTS`, by its id."""
        told = ", ".join(f"{name} {prompts[name].version}" for name in OUTPUTS)
        self.name = f"{model.name} ({told})"
        self._prompts = prompts
        self._sender = Sender(model, detector)
        self._local = ExtractiveAnalyst()

    @property
    def used(self) -> Usage:
        """What the model was used for so far; nothing where it doesn't say."""
        return self._sender.model.used if isinstance(self._sender.model, Spender) else Usage()

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        """Candidates among the sentences of each source that pass the sieve; of a call that was cut short, from its halves."""
        prompt = self._prompts["extract"]
        asked: list[tuple[int, extract.Request]] = []
        masked: list[dict[str, str]] = []
        for n, one in enumerate(passages):
            spans = sieve.spans(one.sentences, self._local.chances(one))
            texts = [t for s in spans for t in (s.before, s.sentence.text, s.sentence.question, s.sentence.heading)]
            masked.append(self._sender.masked(texts))
            asked += [(n, request) for request in extract.requests(prompt, one.source, spans, masked[n])]
        found: list[list[Candidate]] = [[] for _ in passages]
        missing: list[list[Partial]] = [[] for _ in passages]
        while asked:
            cut: list[tuple[int, extract.Request]] = []
            replies = self._sender.ask([request.call for _, request in asked])
            for (n, request), reply in zip(asked, replies, strict=True):
                halves = extract.halves(prompt, passages[n].source, request, masked[n])
                if isinstance(reply, CutShortError) and halves:
                    cut += [(n, half) for half in halves]
                    continue
                try:
                    if isinstance(reply, ModelError):
                        raise reply
                    found[n] += extract.read(reply, request)
                except ModelError as error:
                    missing[n].append(_missing("read", passages[n].source.path, error))
            asked = cut
        return [Proposed(what=tuple(some), partial=tuple(lost)) for some, lost in zip(found, missing, strict=True)]

    def consolidate(
        self,
        themes: Sequence[Theme],
        settled: Collection[str],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[Consolidation]:
        """What the model says of near pairs and of large themes that no earlier draft has settled."""
        questions = consolidate.questions(themes, settled, vectors)
        shown = [i for one in questions for ids in one.shown for i in ids]
        masked = self._masked(shown, statements)
        asked = consolidate.requests(self._prompts["consolidate"], questions, statements, masked)
        found: list[Consolidation] = []
        missing = []
        for request, reply in zip(asked, self._sender.ask([one.call for one in asked]), strict=True):
            if isinstance(reply, ModelError):
                ids = [t.id for one in (*request.pairs, *request.groups) for t in one.themes]
                missing.append(_missing("consolidate", " ".join(dict.fromkeys(ids)), reply))
            else:
                found.append(consolidate.read(reply, request))
        return Proposed(
            what=Consolidation(
                merges=tuple(merge for one in found for merge in one.merges),
                splits=tuple(split for one in found for split in one.splits),
            ),
            partial=tuple(missing),
        )

    def word(
        self,
        themes: Sequence[Theme],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, Wording]]:
        """The model's choice of headline and its sentences, for themes of several statements."""
        masked = self._masked([m for theme in themes for m in theme.members], statements)
        asked = word.requests(self._prompts["word"], themes, statements, masked, refused)
        found: dict[str, Wording] = {}
        missing = []
        for request, reply in zip(asked, self._sender.ask([one.call for one in asked]), strict=True):
            if isinstance(reply, ModelError):
                missing.append(_missing("word", " ".join(theme.id for theme in request.themes), reply))
            else:
                found |= word.read(reply, request, self._sender.unsigned)
        return Proposed(what=found, partial=tuple(missing))

    def rebut(
        self,
        doubts: Sequence[Claim],
        answers: Sequence[Theme],
        statements: Mapping[str, Statement],
        vectors: Mapping[str, Vectors],
    ) -> Proposed[dict[str, tuple[str, ...]]]:
        """The pairs in which the model finds that the praise answers the doubt."""
        ranked = likely(doubts, answers, statements, vectors)
        pairs = rebut.pairs(ranked, doubts, answers, statements)
        masked = self._masked([i for one in pairs for i in (*one.asked, *one.said)], statements)
        asked = rebut.requests(self._prompts["rebut"], pairs, statements, masked)
        held: list[rebut.Pair] = []
        missing = []
        for request, reply in zip(asked, self._sender.ask([one.call for one in asked]), strict=True):
            if isinstance(reply, ModelError):
                missing.append(_missing("rebut", " ".join(dict.fromkeys(one.doubt for one in request.pairs)), reply))
                held += [one for one in request.pairs if one.score >= ANSWERS]
            else:
                held += rebut.read(reply, request)
        return Proposed(what=rebut.seated(held, MOST), partial=tuple(missing))

    def synthesize(
        self,
        sections: Sequence[Section],
        statements: Mapping[str, Statement],
        refused: Mapping[str, Sequence[Dropped]],
    ) -> Proposed[dict[str, tuple[Written, ...]]]:
        """The model's sentences about sections with several claims on page one."""
        masked = self._masked([i for section in sections for i in synthesize.shown_of(section)], statements)
        asked = synthesize.requests(self._prompts["synthesize"], sections, statements, masked, refused)
        found: dict[str, tuple[Written, ...]] = {}
        missing = []
        for request, reply in zip(asked, self._sender.ask([one.call for one in asked]), strict=True):
            if isinstance(reply, ModelError):
                missing.append(_missing("synthesize", " ".join(request.sections), reply))
            else:
                found |= synthesize.read(reply, request, self._sender.unsigned)
        return Proposed(what=found, partial=tuple(missing))

    def _masked(self, ids: Sequence[str], statements: Mapping[str, Statement]) -> dict[str, str]:
        return self._sender.masked([statements[i].quote for i in dict.fromkeys(ids)])


def _missing(task: Task, about: str, error: ModelError) -> Partial:
    return Partial(task=task, about=about, why=str(error))
