"""How well evidence is read: what of the gold is found, and what of what is found is right.

A gold item is found where a statement quotes one of its places; *typed* where it does so with one of the item's kinds. No
judge is asked: places are compared by lines, or by words where a format has no lines. Precision counts each statement
once for each of its kinds; a quote of more than two sentences is wrong. `fit_signal` isn't annotated and counts neither way.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import numpy as np

from icp_synth import pipeline
from icp_synth.errors import ScrubError
from icp_synth.evaluation.cases import GoldEvidence, GoldItem, GoldSet
from icp_synth.evaluation.metrics import Figure, share
from icp_synth.evidence import MAX_SENTENCES
from icp_synth.ports import Analyst, Detector, Embedder, Vectors
from icp_synth.records import (
    Candidate,
    Claim,
    CleanSource,
    Kind,
    Manifest,
    PrivacyRules,
    Profile,
    ProfileStatement,
    RawFile,
    Record,
    Role,
    Sentence,
    Source,
)
from icp_synth.speakers import label_parts, person_of
from icp_synth.stages import roles
from icp_synth.stages.ingest import ingest
from icp_synth.stages.segment import segment

NOT_ANNOTATED = frozenset({"fit_signal"})
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


class NaiveReader:
    """Implements `ports.Analyst`: every customer sentence is a statement, of the kind whose description is nearest."""

    name = "naive"

    def __init__(self, embedder: Embedder) -> None:
        self._kinds = list(_SOUNDS)
        self._sounds = embedder.embed(list(_SOUNDS.values()))

    def read(
        self, source: CleanSource, sentences: Sequence[Sentence], vectors: Vectors, questions: Vectors
    ) -> list[Candidate]:
        """One candidate for each sentence."""
        if not sentences:
            return []
        nearest = np.argmax(vectors @ self._sounds.T, axis=1)
        return [
            Candidate(source_id=source.id, sentence_ids=(sentence.id,), kinds={self._kinds[kind]: 1.0})
            for sentence, kind in zip(sentences, nearest, strict=True)
        ]


class Spoken(Record):
    """A block that somebody speaks: the label as it came, the pseudonym and the role that were given, and where it is in
    the clean text.
    """

    source: str
    speaker: str
    pseudonym: str
    role: Role
    start: int
    end: int


class Drafted(Record):
    """A set as it was read: the profile, the gold file of each source, its lines, who speaks, and the seconds it took."""

    profile: Profile
    file_of: dict[str, str]
    words: dict[str, tuple[str, ...]]
    spoken: tuple[Spoken, ...]
    seconds: float


def drafted(
    gold: GoldSet,
    raws: Sequence[RawFile],
    manifest: Manifest,
    detector: Detector,
    embedder: Embedder,
    analyst: Analyst,
    keyed: Callable[..., str],
    as_of: dt.date,
) -> Drafted:
    """Take a set through the flow, in memory. Raises ScrubError."""
    started = time.perf_counter()
    below = gold.folder.relative_to(gold.root).as_posix()
    found = [(raw, ingest(raw, manifest)) for raw in raws]
    sources = [(raw, source) for raw, one in found for source in one.sources]
    rules = PrivacyRules()
    file_of: dict[str, str] = {}
    cleaned: dict[str, CleanSource] = {}
    spoken: list[Spoken] = []
    for (raw, source), clean in zip(
        sources, pipeline.clean_all([s for _, s in sources], manifest, detector, keyed, rules), strict=True
    ):
        if isinstance(clean, ScrubError):
            raise clean
        if clean.id not in cleaned:
            laid_out, _ = roles.assign(source, manifest, clean.kind)  # blocks may be parted there
            spoken += _spoken(laid_out, clean)
        cleaned.setdefault(clean.id, clean)
        file_of.setdefault(clean.id, raw.path if below == "." else f"{below}/{raw.path}")
    statements, vectors = [], {}
    for clean in cleaned.values():
        sentences = segment(clean)
        rows = pipeline.embed(sentences, embedder)
        place = {sentence.id: n for n, sentence in enumerate(sentences)}
        for statement in pipeline.read(clean, sentences, rows, analyst, embedder):
            mean = np.mean([rows[place[s]].astype(np.float64) for s in statement.sentence_ids], axis=0)
            vectors[statement.id] = (mean / np.linalg.norm(mean)).astype(np.float32)
            statements.append(statement)
    state = pipeline.State(
        workspace=f"eval-{gold.name}",
        sources=tuple(cleaned.values()),
        statements=tuple(statements),
        rows=tuple(pipeline.clean_row(row, detector, keyed, rules) for _, one in found for row in one.accounts),
        overlays=(),
        earlier=(),
    )
    made = pipeline.draft(state, vectors, product=gold.product, analyst=analyst.name, as_of=as_of)
    texts = {place.file for item in gold.items for place in item.evidence}
    words = {
        file: tuple((gold.root / file).read_text(encoding="utf-8", errors="replace").split("\n"))
        for file in texts
        if (gold.root / file).is_file()  # members of archives have quotes
    }
    seconds = round(time.perf_counter() - started, 2)
    return Drafted(profile=made.profile, file_of=file_of, words=words, spoken=tuple(spoken), seconds=seconds)


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


# ---------------------------------------------------------------- is it the same place?


def bears(statement: ProfileStatement, place: GoldEvidence, read: Drafted) -> bool:
    """Whether a statement quotes this place."""
    if read.file_of[statement.source_id] != place.file:
        return False
    if statement.lines and place.lines:
        meet = statement.lines[0] <= place.lines[1] and place.lines[0] <= statement.lines[1]
        if not meet or place.quote is None:  # a line may be a whole paragraph: a quote says which sentence of it
            return meet
    said = place.quote or "\n".join(read.words[place.file][place.lines[0] - 1 : place.lines[1]] if place.lines else ())
    one, two = _words(statement.quote), _words(said)
    shorter = min(len(one), len(two))
    return bool(shorter) and len(one & two) >= _SHARED * shorter and shorter >= min(3, max(len(one), len(two)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(re.sub(r"<[A-Z][A-Z_]*(?:_\d+)?>", " ", text).lower()))


# ---------------------------------------------------------------- figures


class Wrong(Record):
    """A statement that nothing in the gold bears out: its place and kind, without its text."""

    file: str
    lines: tuple[int, int] | None
    kind: Kind
    typed: bool


class Reading(Record):
    """How a set was read. `missed` are core items that no statement of the right kind quotes."""

    set: str
    analyst: str
    statements: int
    seconds: float
    core_recall: Figure
    typed_core_recall: Figure
    typed_precision: Figure
    typed_f1: float | None
    page_one_recall: Figure
    accounts_exact: Figure
    accounts_error: float | None
    status_accuracy: Figure
    rebuttals_paired: Figure
    roles: Figure
    words_of_us: int
    on_traps: int
    by_kind: dict[str, dict[str, Figure]]
    missed: tuple[str, ...]
    wrong: tuple[Wrong, ...]


def measure(gold: GoldSet, read: Drafted) -> Reading:
    """Compare what was read with the gold."""
    statements = {one.id: one for one in read.profile.statements}
    borne = {
        item.id: {one.id for one in statements.values() if any(bears(one, place, read) for place in item.evidence)}
        for item in gold.items
    }
    core = [item for item in gold.items if item.core]
    claims = [claim for section in read.profile.sections for claim in section.claims]
    best = {item.id: _best(item, claims, borne[item.id]) for item in core}
    typed = {item.id: any(set(statements[s].kinds) & item.kinds for s in borne[item.id]) for item in core}
    front = {
        item.id: any(
            claim.page_one and claim.kind in item.kinds and borne[item.id] & {*claim.evidence} for claim in claims
        )
        for item in core
    }
    rights = [
        (statement, kind, _right(statement, kind, gold.items, borne))
        for statement in statements.values()
        for kind in statement.kinds
        if kind not in NOT_ANNOTATED
        and (gold.sample is None or any(bears(statement, place, read) for place in gold.sample))
    ]
    recall, precision = _of(core, typed), _share((read.file_of[s.source_id], right) for s, _, right in rights)
    counted = {
        item.id: claim.support.accounts - item.accounts
        for item in core
        if item.accounts is not None and (claim := best[item.id])
    }
    judged = [item for item in core if item.status and best[item.id]]
    return Reading(
        set=gold.name,
        analyst=read.profile.analyst,
        statements=len(statements),
        seconds=read.seconds,
        core_recall=_of(core, {item.id: bool(borne[item.id]) for item in core}),
        typed_core_recall=recall,
        typed_precision=precision,
        typed_f1=_f1(recall.value, precision.value),
        page_one_recall=_of(core, front),
        accounts_exact=_share((item, not error) for item, error in counted.items()),
        accounts_error=round(float(np.mean(np.abs(list(counted.values())))), 3) if counted else None,
        status_accuracy=_share((i.id, (best[i.id] or claims[0]).status == i.status) for i in judged),
        rebuttals_paired=_share(_pairs(gold.items, claims, borne)),
        roles=_share(_roles(gold, read)),
        words_of_us=sum(_is_ours(statement, gold, read) for statement in statements.values()),
        on_traps=sum(
            _on_trap(s, gold, read) and not any(s.id in found for found in borne.values()) for s in statements.values()
        ),
        by_kind=_by_kind(core, typed, rights, read.file_of),
        missed=tuple(item.id for item in core if not typed[item.id]),
        wrong=tuple(
            Wrong(
                file=s.source,
                lines=s.lines,
                kind=kind,
                typed=any(s.id in found for found in borne.values()),
            )
            for s, kind, right in rights
            if not right
        ),
    )


def _right(statement: ProfileStatement, kind: Kind, items: Sequence[GoldItem], borne: Mapping[str, set[str]]) -> bool:
    short = len(re.findall(r"[.!?…][\"'”’)]*(?=\s|$)", statement.quote)) <= MAX_SENTENCES
    return short and any(kind in item.kinds and statement.id in borne[item.id] for item in items)


def _best(item: GoldItem, claims: Sequence[Claim], found: set[str]) -> Claim | None:
    """The claim of a right kind that rests on most of the item's places."""
    fitting = [claim for claim in claims if claim.kind in item.kinds and found & {*claim.evidence}]
    return max(fitting, key=lambda claim: (len(found & {*claim.evidence}), claim.id), default=None)


def _pairs(items: Sequence[GoldItem], claims: Sequence[Claim], borne: Mapping[str, set[str]]) -> list[tuple[str, bool]]:
    """For each rebuttal of the gold: whether a rebuttal of the profile rests on it and answers what it answers."""
    by_id = {claim.id: claim for claim in claims}
    pairs = [
        ({*claim.evidence}, {*by_id[claim.answers].evidence})
        for claim in claims
        if claim.kind == "rebuttal" and claim.answers in by_id
    ]
    return [
        (item.id, any(borne[item.id] & answer and borne[item.answers] & asked for answer, asked in pairs))
        for item in items
        if item.required and item.answers and item.answers in borne
    ]


def _roles(gold: GoldSet, read: Drafted) -> list[tuple[str, bool]]:
    """For each speaker of the gold whose label is met: whether most of their words were taken for the right side's."""
    known = {(role.file, _name(role.speaker)): role.role for role in gold.roles}
    said: dict[tuple[str, str], Counter[Role]] = {}
    for one in read.spoken:
        key = _speaker(one, read, known)
        said.setdefault(key, Counter())[one.role] += one.end - one.start
    return [
        (file, counts.most_common(1)[0][0] == known[file, who])
        for (file, who), counts in said.items()
        if (file, who) in known
    ]


def _is_ours(statement: ProfileStatement, gold: GoldSet, read: Drafted) -> bool:
    """Whether a statement quotes somebody who is on our side by the gold."""
    ours = {(role.file, _name(role.speaker)) for role in gold.roles if role.role == "us"}
    return any(
        one.source == statement.source_id
        and one.start <= statement.start < one.end
        and statement.voice == "verbatim"
        and _speaker(one, read, ours) in ours
        for one in read.spoken
    )


def _speaker(one: Spoken, read: Drafted, known: Container[tuple[str, str]]) -> tuple[str, str]:
    """The file and the speaker as the gold knows them: by their pseudonym, or else by their label."""
    file = read.file_of[one.source]
    masked = (file, _name(one.pseudonym))
    return masked if masked in known else (file, _name(one.speaker))


def _name(label: str) -> str:
    return (person_of(label) or label_parts(label)[0]).lower()


def _on_trap(statement: ProfileStatement, gold: GoldSet, read: Drafted) -> bool:
    places = (
        GoldEvidence(file=trap.file, lines=trap.lines, quote=trap.quote)
        for trap in gold.traps
        if trap.file in read.words
    )
    return any(bears(statement, place, read) for place in places)


def _by_kind(
    core: Sequence[GoldItem],
    typed: Mapping[str, bool],
    rights: Sequence[tuple[ProfileStatement, Kind, bool]],
    file_of: Mapping[str, str],
) -> dict[str, dict[str, Figure]]:
    kinds = sorted({item.kind for item in core} | {kind for _, kind, _ in rights})
    return {
        kind: {
            "recall": _of([item for item in core if item.kind == kind], typed),
            "precision": _share((file_of[s.source_id], right) for s, said, right in rights if said == kind),
        }
        for kind in kinds
    }


def _of(items: Sequence[GoldItem], hit: Mapping[str, bool]) -> Figure:
    return _share((item.id, hit[item.id]) for item in items)


def _share(hits: Iterable[tuple[str, bool]]) -> Figure:
    """Share of hits, with an interval over the groups that are named first."""
    listed = list(hits)
    counts = np.array([(float(hit), 1.0) for _, hit in listed]).reshape(-1, 2)
    return share(counts, np.array([group for group, _ in listed]))


def _f1(recall: float | None, precision: float | None) -> float | None:
    if recall is None or precision is None or not recall + precision:
        return None
    return round(2 * recall * precision / (recall + precision), 4)
