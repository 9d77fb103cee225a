"""How much personal data is found, and how much else is taken with it.

Counted in tokens (what stands between white space). A token of an entity is *found* where every letter and digit of it
that is personal was removed, whatever it was called: what matters is that it does not leak. A removed token is *right*
where any of it is personal. *Leaked* is the share of personal letters and digits that stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from icp_synth.evaluation.corpora import Document, Half
from icp_synth.evaluation.metrics import Figure, f2_of, share
from icp_synth.ports import Detector
from icp_synth.records import Block, Locator, Passage, Record, Redaction, Source
from icp_synth.stages import scrub

Removed = Sequence[Redaction]
STRUCTURED = frozenset(
    """CREDIT_CARD PHONE_NUMBER EMAIL_ADDRESS IBAN IP_ADDRESS MAC_ADDRESS US_SSN DRIVER_LICENSE DATE_OF_BIRTH ACCOUNT BOOKING
    POLICY CLAIM ORDER""".split()
)
ANY = "any personal data"
POOLED = "structured identifiers"
# What each detector's names of entities mean in the words of the labelled sets.
_MEANS = {
    "STREET_ADDRESS": "ADDRESS",
    "LOCATION": "ADDRESS",
    "IBAN_CODE": "IBAN",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
}
_NUMBERS = frozenset({"ACCOUNT", "BOOKING", "POLICY", "CLAIM", "ORDER"})
_TOKEN = re.compile(r"\S+")


class Row(Record):
    """One entity of one half of one set."""

    corpus: str
    half: Half
    entity: str
    tokens: int
    recall: Figure
    precision: Figure
    f2: Figure
    leaked: Figure


class Kept(Record):
    """Share of the tokens of a kind that must stay which were removed all the same."""

    corpus: str
    half: Half
    kind: str
    tokens: int
    removed: Figure


class Speed(Record):
    """How fast a scrubber was on all documents: kilobytes (1,000 bytes of UTF-8) per second of CPU and of the clock."""

    kilobytes: float
    per_cpu_second: float
    per_second: float


class Scores(Record):
    """What one scrubber does on all sets."""

    rows: tuple[Row, ...]
    kept: tuple[Kept, ...]


def source_of(document: Document) -> Source:
    """A document as the flow would meet it: one block per utterance, nobody named by the structure."""
    form = "speech" if document.spoken else "prose"
    blocks = tuple(
        Block(text=line, locator=Locator(unit="line", first=n, last=n), lines=(n, n), form=form)
        for n, line in enumerate(document.lines, 1)
    )
    return Source(path=f"{document.corpus}.txt", format="text", blocks=blocks)


def passage(text: str) -> Passage:
    """A text that nobody in particular says."""
    return Passage(text=text)


def scrubbed(documents: Sequence[Document], detector: Detector) -> list[Removed]:
    """What our scrubber removes from each document, in offsets of its text: structure, detector and mask, as shipped."""
    prepared = [scrub.prepare(source_of(document)) for document in documents]
    found = detector.find_all([one.passage for one in prepared])
    removed: list[Removed] = []
    for one, findings in zip(prepared, found, strict=True):
        if isinstance(findings, Exception):
            raise findings
        removed.append(scrub.mask(one, findings, (), "").removed)
    return removed


def detected(documents: Sequence[Document], analyze: Callable[[str], Removed]) -> list[Removed]:
    """What a bare detector would remove, document by document."""
    return [analyze(document.text) for document in documents]


def speed(documents: Sequence[Document], cpu_seconds: float, seconds: float) -> Speed:
    """Kilobytes per second."""
    size = sum(len(document.text.encode()) for document in documents) / 1000
    return Speed(
        kilobytes=round(size, 1), per_cpu_second=round(size / cpu_seconds, 2), per_second=round(size / seconds, 2)
    )


def score(documents: Sequence[Document], removed: Sequence[Removed]) -> Scores:
    """Figures per set, half and entity."""
    rows: list[Row] = []
    kept: list[Kept] = []
    for corpus in dict.fromkeys(document.corpus for document in documents):
        for half in ("tuning", "report"):
            pairs = [
                (document, found)
                for document, found in zip(documents, removed, strict=True)
                if document.corpus == corpus and document.half == half
            ]
            if pairs:
                rows.extend(_rows(corpus, half, pairs))
                kept.extend(_kept(corpus, half, pairs))
    return Scores(rows=tuple(rows), kept=tuple(kept))


# ---------------------------------------------------------------- counting


class _Token(Record):
    """A token: gold entity, entity it was removed as, and its personal characters, all and those that stay."""

    gold: str
    removed: str
    whole: bool
    chars: int
    leaked: int


def _tokens(document: Document, removed: Removed) -> list[_Token]:
    text = document.text
    gold, taken = [""] * len(text), [""] * len(text)
    for one in document.gold:
        gold[one.start : one.end] = [one.entity] * (one.end - one.start)
    for found in removed:
        taken[found.start : found.end] = [_MEANS.get(found.entity, found.entity)] * (found.end - found.start)
    tokens = []
    for match in _TOKEN.finditer(text):
        at = [n for n in range(*match.span()) if text[n].isalnum()]
        labelled = [n for n in at if gold[n]]
        entity = gold[labelled[0]] if labelled else ""
        leaked = sum(not taken[n] for n in labelled)
        name = next((taken[n] for n in at if taken[n]), "")
        if at:
            tokens.append(_Token(gold=entity, removed=name, whole=not leaked, chars=len(labelled), leaked=leaked))
    return tokens


def _personal(entity: str) -> bool:
    return bool(entity) and entity != "either" and not entity.startswith("kept:")


def _rows(corpus: str, half: Half, pairs: Sequence[tuple[Document, Removed]]) -> list[Row]:
    counted = [_tokens(document, removed) for document, removed in pairs]
    groups = np.array([document.key for document, _ in pairs])
    entities = sorted({t.gold for tokens in counted for t in tokens if _personal(t.gold)})
    pools: Mapping[str, Iterable[str]] = {one: (one,) for one in entities}
    structured = [one for one in entities if one in STRUCTURED]
    if corpus in ("presidio-research", "generated"):
        pools = {**pools, POOLED: structured}
    pools = {**pools, ANY: entities}
    return [_row(corpus, half, name, frozenset(pool), counted, groups) for name, pool in pools.items()]


def _row(
    corpus: str, half: Half, name: str, pool: frozenset[str], counted: list[list[_Token]], groups: np.ndarray
) -> Row:
    called = pool | ({"ACCOUNT_NUMBER"} if pool & _NUMBERS else frozenset())
    counts = np.zeros((len(counted), 6))
    for n, tokens in enumerate(counted):
        for t in tokens:
            if t.gold in pool:
                counts[n, [0, 1]] += (t.whole, 1)
                counts[n, [4, 5]] += (t.leaked, t.chars)
            if t.removed and t.gold != "either" and (name == ANY or t.removed in called):
                counts[n, [2, 3]] += (_personal(t.gold), 1)
    return Row(
        corpus=corpus,
        half=half,
        entity=name,
        tokens=int(counts[:, 1].sum()),
        recall=share(counts[:, [0, 1]], groups),
        precision=share(counts[:, [2, 3]], groups),
        f2=f2_of(counts[:, :4], groups),
        leaked=share(counts[:, [4, 5]], groups),
    )


def _kept(corpus: str, half: Half, pairs: Sequence[tuple[Document, Removed]]) -> list[Kept]:
    counted = [_tokens(document, removed) for document, removed in pairs]
    groups = np.array([document.key for document, _ in pairs])
    rows = []
    for kind in sorted({t.gold for tokens in counted for t in tokens if t.gold.startswith("kept:")}):
        of_kind = [[t for t in tokens if t.gold == kind] for tokens in counted]
        counts = np.array([(sum(bool(t.removed) for t in tokens), len(tokens)) for tokens in of_kind], dtype=float)
        rows.append(
            Kept(
                corpus=corpus,
                half=half,
                kind=kind.removeprefix("kept:"),
                tokens=int(counts[:, 1].sum()),
                removed=share(counts, groups),
            )
        )
    return rows
