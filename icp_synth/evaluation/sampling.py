"""Evidence of one's own → a sample of what is said in it, to be labelled.

The sample is drawn at random from what is said by customers, and by people whose side isn't known (they may be customers);
never by what a reader makes of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from icp_synth import pipeline
from icp_synth.errors import ScrubError
from icp_synth.evaluation.gold_file import File
from icp_synth.evidence import place
from icp_synth.ports import Detector
from icp_synth.records import (
    CleanSource,
    LineRange,
    Manifest,
    PrivacyRules,
    RawFile,
    Record,
    Reject,
    Role,
    Sentence,
    SourceKind,
)
from icp_synth.stages.ingest import ingest
from icp_synth.stages.segment import segment

_SOMEBODY = "<PERSON>"  # a speaker without a number may be anybody


class Page(Record):
    """A sentence that may be labelled, with what helps to judge it. Clean text, but for `file`: the raw file's name.

    `speaker` is a pseudonym; `sure`: it means one person in all of the file.
    """

    id: str
    file: str
    path: str
    kind: SourceKind
    role: Role
    speaker: str | None
    sure: bool
    lines: LineRange | None
    text: str
    question: str
    heading: str
    before: str
    after: str


class Evidence(Record):
    """What was read of a person's evidence: the files that hold something, all that may be labelled, what was refused."""

    files: tuple[File, ...]
    pages: tuple[Page, ...]
    rejects: tuple[Reject, ...]


def read(raws: Sequence[RawFile], manifest: Manifest, detector: Detector, keyed: Callable[..., str]) -> Evidence:
    """Files → sentences of customers and of people whose side isn't known. No reader is asked. Raises ScrubError."""
    found = [(raw, ingest(raw, manifest)) for raw in raws]
    sources = [(raw, source) for raw, one in found for source in one.sources]
    cleaned = pipeline.clean_all([s for _, s in sources], manifest, detector, keyed, PrivacyRules())
    first: dict[str, tuple[RawFile, CleanSource]] = {}
    for (raw, _), clean in zip(sources, cleaned, strict=True):
        if isinstance(clean, ScrubError):
            raise clean
        first.setdefault(clean.id, (raw, clean))  # a copy is read once, as everywhere
    of_file: dict[str, list[CleanSource]] = {}
    for raw, clean in first.values():
        of_file.setdefault(raw.path, []).append(clean)
    return Evidence(
        files=tuple(_file(raw, of_file[raw.path]) for raw in raws if raw.path in of_file),
        pages=tuple(
            page for file, those in of_file.items() for one in those for page in _pages(one, file, len(those) == 1)
        ),
        rejects=tuple(reject for _, one in found for reject in one.rejects),
    )


def _file(raw: RawFile, sources: Sequence[CleanSource]) -> File:
    accounts = {source.account.name if source.account.known else None for source in sources}
    kinds = {source.kind for source in sources}
    return File(
        name=raw.path,
        lines=len(raw.data.splitlines()) if any(block.lines for one in sources for block in one.blocks) else None,
        account=accounts.pop() if len(accounts) == 1 else None,
        source_kind=kinds.pop() if len(kinds) == 1 else None,
    )


def _pages(source: CleanSource, file: str, alone: bool) -> list[Page]:
    sentences = segment(source)
    return [
        Page(
            id=sentence.id,
            file=file,
            path=source.path,
            kind=source.kind,
            role=turn.role,
            speaker=turn.speaker,
            sure=alone and turn.speaker not in (None, _SOMEBODY),
            lines=place(source, sentence.start, sentence.end)[0],
            text=sentence.text,
            question=sentence.question,
            heading=sentence.heading,
            before=_neighbour(source, sentences, n, -1),
            after=_neighbour(source, sentences, n, 1),
        )
        for n, sentence in enumerate(sentences)
        if (turn := source.turns[sentence.turn]).role != "us"
    ]


def _neighbour(source: CleanSource, sentences: Sequence[Sentence], n: int, step: int) -> str:
    """The sentence before or after, with its speaker where that is somebody else; "" where the question tells it."""
    if not 0 <= n + step < len(sentences) or sentences[n + step].text in sentences[n].question:
        return ""
    other = sentences[n + step]
    speaker = source.turns[other.turn].speaker
    return f"{speaker}: {other.text}" if speaker and other.turn != sentences[n].turn else other.text


def choose(pages: Sequence[Page], size: int, seed: int) -> tuple[Page, ...]:
    """A sample in the order in which to label it: one sentence of a customer from each file, the others from anywhere.

    The order is random too, so that somebody who stops half-way has labelled a sample of the sample.
    """
    chance = random.Random(seed)
    drawn = chance.sample(pages, len(pages))
    ahead: dict[str, Page] = {}
    for page in drawn:
        if page.role == "customer":
            ahead.setdefault(page.file, page)
    ids = {page.id for page in ahead.values()}
    chosen = [*ahead.values(), *(page for page in drawn if page.id not in ids)][:size]
    return tuple(chance.sample(chosen, len(chosen)))
