"""A set of gold taken through the flow in memory, and where in it the places of the gold are."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icp_synth import pipeline
from icp_synth.analysts.unaided import Unaided
from icp_synth.errors import ScrubError
from icp_synth.evaluation.cases import GoldSet
from icp_synth.evaluation.gold_file import Place
from icp_synth.evidence import place
from icp_synth.ports import Analyst, Detector, Embedder, Passages, Vectors
from icp_synth.records import (
    AccountRow,
    Candidate,
    CleanSource,
    Kind,
    LineRange,
    Manifest,
    PrivacyRules,
    Profile,
    Proposed,
    RawFile,
    Record,
    Role,
    Sentence,
    Source,
    Statement,
    Theme,
)
from icp_synth.stages import accounts, roles
from icp_synth.stages.ingest import ingest
from icp_synth.stages.segment import segment

_SHARED = 0.6  # share of the shorter text's words that two texts must share to be the same place
_WORD = re.compile(r"[^\W_]+")
# What the naive reader takes each kind to sound like.
_SOUNDS: dict[Kind, str] = {
    "pain": "It is a problem for us, it costs us time and it breaks.",
    "job": "We use it so that we can get this done.",
    "trigger": "Something changed and that is when we had to act.",
    "objection": "I worry that it will not work for us.",
    "rebuttal": "We had that doubt too, and it turned out fine.",
    "disqualifier": "It is not made for companies like that.",
    "desired_outcome": "I wish that it could do this as well.",
    "alternative": "We used another tool before, or did it by hand.",
    "proof": "It went from ten hours to two.",
    "buying_role": "She decides about the budget and he signs.",
}


class NaiveReader(Unaided):
    """Implements `ports.Analyst`: every customer sentence is a statement, of the kind whose description is nearest."""

    name = "naive"

    def __init__(self, embedder: Embedder) -> None:
        self._kinds = list(_SOUNDS)
        self._sounds = embedder.embed(list(_SOUNDS.values()))

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        """One candidate for each sentence."""
        return [Proposed(what=tuple(self._read(one))) for one in passages]

    def _read(self, one: Passages) -> Iterator[Candidate]:
        for sentence, vector in zip(one.sentences, one.vectors, strict=True):
            kind = self._kinds[int(np.argmax(self._sounds @ vector))]
            yield Candidate(source_id=one.source.id, sentence_ids=(sentence.id,), kinds={kind: 1.0})


class Spoken(Record):
    """A block that somebody speaks: the label as it came, the pseudonym and role that were given, and where it is now."""

    source: str
    speaker: str
    pseudonym: str
    role: Role
    start: int
    end: int


@dataclass(frozen=True)
class Prepared:
    """A set, scrubbed and embedded. By source id: the source, its gold file, its sentences with a unit vector each.

    `unit_of` says what a file is called in a report: its clean path, since its name may be somebody's. `words` holds the lines
    of each file that the gold points into; `rows_of` the rows of each table of accounts.
    """

    gold: GoldSet
    sources: Mapping[str, CleanSource]
    rows_of: Mapping[str, tuple[AccountRow, ...]]
    file_of: Mapping[str, str]
    unit_of: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    spoken: tuple[Spoken, ...]
    sentences: Mapping[str, tuple[Sentence, ...]]
    vectors: Mapping[str, Vectors]
    seconds: float

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """The rows of all tables of accounts."""
        return tuple(row for rows in self.rows_of.values() for row in rows)


@dataclass(frozen=True)
class Drafted:
    """A set as an analyst read it: the profile and what it rests on."""

    prepared: Prepared
    profile: Profile
    statements: Mapping[str, Statement]
    themes: tuple[Theme, ...]
    seconds: float


def prepared(
    gold: GoldSet,
    raws: Sequence[RawFile],
    manifest: Manifest,
    detector: Detector,
    embedder: Embedder,
    keyed: Callable[..., str],
) -> Prepared:
    """Take a set as far as no analyst is needed. Raises ScrubError."""
    started = time.perf_counter()
    below = gold.folder.relative_to(gold.root).as_posix()
    found = [(raw, ingest(raw, manifest)) for raw in raws]
    given = [(raw, source) for raw, one in found for source in one.sources]
    rules = PrivacyRules()

    def named(raw: RawFile) -> str:
        return raw.path if below == "." else f"{below}/{raw.path}"

    file_of: dict[str, str] = {}
    sources: dict[str, CleanSource] = {}
    spoken: list[Spoken] = []
    cleaned = pipeline.clean_all([source for _, source in given], manifest, detector, keyed, rules)
    for (raw, source), clean in zip(given, cleaned, strict=True):
        if isinstance(clean, ScrubError):
            raise clean
        if clean.id not in sources:
            laid_out, _ = roles.assign(source, manifest, clean.kind)  # blocks may be parted there
            spoken += _spoken(laid_out, clean)
        sources.setdefault(clean.id, clean)
        file_of.setdefault(clean.id, named(raw))
    rows_of = {
        named(raw): tuple(pipeline.clean_row(row, detector, keyed, rules) for row in one.accounts)
        for raw, one in found
        if one.accounts
    }
    clean_paths = [
        *((file, sources[name].path) for name, file in file_of.items()),
        *((file, row.path) for file, rows in rows_of.items() for row in rows),
    ]
    sentences = {name: tuple(segment(source)) for name, source in sources.items()}
    return Prepared(
        gold=gold,
        sources=sources,
        rows_of=rows_of,
        file_of=file_of,
        unit_of=_units(clean_paths),
        words=_words_of_files(gold),
        spoken=tuple(spoken),
        sentences=sentences,
        vectors={name: pipeline.embed(said, embedder) for name, said in sentences.items()},
        seconds=round(time.perf_counter() - started, 2),
    )


def drafted(
    ready: Prepared,
    embedder: Embedder,
    analyst: Analyst,
    as_of: dt.date,
    shuffled: int | None = None,
    share: float = 1.0,
    earlier: Sequence[Theme] = (),
) -> Drafted:
    """Read and draft a prepared set, or its first `share` of sources, over the themes that existed.

    With `shuffled`, in the order of arrival that this seed gives.
    """
    started = time.perf_counter()
    order = sorted(ready.sources)
    if shuffled is not None:
        random.Random(shuffled).shuffle(order)
    order = order[: max(1, round(share * len(order)))]
    statements: dict[str, Statement] = {}
    vectors: dict[str, Vectors] = {}
    unread = [(ready.sources[name], ready.sentences[name], ready.vectors[name]) for name in order]
    found = pipeline.read_all(unread, analyst, embedder)
    for (_, sentences, rows), read in zip(unread, found, strict=True):
        number = {sentence.id: n for n, sentence in enumerate(sentences)}
        for statement in read.what:
            mean = np.mean([rows[number[s]].astype(np.float64) for s in statement.sentence_ids], axis=0)
            vectors[statement.id] = (mean / np.linalg.norm(mean)).astype(np.float32)
            statements[statement.id] = statement
    state = pipeline.State(
        workspace=f"eval-{ready.gold.name}",
        sources=tuple(ready.sources[name] for name in order),
        statements=tuple(statements.values()),
        rows=ready.rows,
        overlays=(),
        earlier=tuple(earlier),
        partial=tuple(missing for read in found for missing in read.partial),
    )
    made = pipeline.draft(state, vectors, product=ready.gold.product, analyst=analyst, embedder=embedder, as_of=as_of)
    return Drafted(
        prepared=ready,
        profile=made.profile,
        statements=statements,
        themes=made.themes,
        seconds=round(time.perf_counter() - started, 2),
    )


def resolved(ready: Prepared) -> accounts.Accounts:
    """Who is behind the sources of a set."""
    return accounts.resolve([*ready.sources.values()], ready.rows, ())


def _spoken(source: Source, clean: CleanSource) -> list[Spoken]:
    """Who speaks which block, and on whose side that was taken to be."""
    found = []
    for raw, block in zip(source.blocks, clean.blocks, strict=True):
        turn = next((turn for turn in clean.turns if turn.start <= block.start < max(turn.end, turn.start + 1)), None)
        if raw.speaker and turn:
            found.append(
                Spoken(
                    source=clean.id,
                    speaker=raw.speaker,
                    pseudonym=turn.speaker or "",
                    role=turn.role,
                    start=block.start,
                    end=block.end,
                )
            )
    return found


def _units(paths: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A name for each file from its clean paths; files that read alike are numbered, in the order of their own names."""
    clean: dict[str, str] = {}
    for file, path in paths:
        clean[file] = min(path, clean.get(file, path))
    counted: Counter[str] = Counter()
    units: dict[str, str] = {}
    for file in sorted(clean):
        counted[clean[file]] += 1
        units[file] = clean[file] if counted[clean[file]] == 1 else f"{clean[file]} ({counted[clean[file]]})"
    return units


def _words_of_files(gold: GoldSet) -> dict[str, tuple[str, ...]]:
    files = {one.file for item in gold.items for one in item.evidence}
    files |= {one.file for question in gold.questions for one in question.evidence} | {one.file for one in gold.traps}
    return {
        file: tuple((gold.root / file).read_text(encoding="utf-8", errors="replace").split("\n"))
        for file in sorted(files)
        if (gold.root / file).is_file()
    }


# ---------------------------------------------------------------- is it the same place?


def bears(source_id: str, lines: LineRange | None, quote: str, place: Place, ready: Prepared) -> bool:
    """Whether a quote of a source stands at a place of the gold: by lines, or by words where a format has none."""
    if ready.file_of[source_id] != place.file:
        return False
    if lines and place.lines:
        meet = lines[0] <= place.lines[1] and place.lines[0] <= lines[1]
        if not meet or place.quote is None:  # a line may be a whole paragraph: a quote says which sentence of it
            return meet
    said = place.quote or "\n".join(ready.words[place.file][place.lines[0] - 1 : place.lines[1]] if place.lines else ())
    one, two = words(quote), words(said)
    shorter = min(len(one), len(two))
    return bool(shorter) and len(one & two) >= _SHARED * shorter and shorter >= min(3, max(len(one), len(two)))


def words(text: str) -> frozenset[str]:
    """The words of a text, without what stands for personal data."""
    return frozenset(_WORD.findall(re.sub(r"<[A-Z][A-Z_]*(?:_\d+)?>", " ", text).lower()))


def sentences_at(place_of_gold: Place, ready: Prepared) -> Iterator[tuple[Sentence, Vectors]]:
    """The sentences that stand at a place of the gold, with their vectors; whoever says them."""
    for name, file in ready.file_of.items():
        if file != place_of_gold.file:
            continue
        for sentence, vector in zip(ready.sentences[name], ready.vectors[name], strict=True):
            lines, _ = place(ready.sources[name], sentence.start, sentence.end)
            if bears(name, lines, sentence.text, place_of_gold, ready):
                yield sentence, vector
