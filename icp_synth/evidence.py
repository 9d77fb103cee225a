"""The one door through which evidence becomes a statement and a line becomes a claim.

Analysts only propose. `admit` copies the quote from the stored text and checks who said it; `admit_claim` checks that
every content word, name, number and negation of a claim stands in its evidence, and `admit_prose` that the evidence bears
what a model wrote. Nothing else builds `Statement`, `Claim` or `Prose` (a test holds that), and `render` takes nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from icp_synth import bearing
from icp_synth.errors import AdmissionError
from icp_synth.records import (
    AFTER,
    BEFORE,
    FACTS,
    LABELS,
    Candidate,
    Claim,
    CleanBlock,
    CleanSource,
    Fact,
    Kind,
    LineRange,
    Locator,
    Prose,
    Sentence,
    Statement,
    Status,
    Support,
    Written,
)

MAX_SENTENCES = 2
NEGATIONS = frozenset("""no not never none nothing nobody neither nor without cannot hardly n't""".split())
# Words that carry no content of their own: a claim may hold them though its evidence doesn't.
FUNCTION_WORDS = frozenset(
    """a an the and or but so of in on at to for from by with as is are was were be been being it its this that these
    those we our us they their them he she his her i you your my me will would can could should may might must
    do does did have has had having than then there here if when while where who whom which what how why all any
    both each more most other some such only own same too very just about into over after before between out up
    down off again also because through during under until against""".split()
)
_LONGEST_PROSE = 400  # characters
_ACTIVE = re.compile(
    r"https?:|www\.|\]\(|</?[a-zA-Z!]|&#?\w+;|javascript:|[`{}\\|]", re.I
)  # what a page could take for more than words
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*(?:_\d+)?>")
_WORD = re.compile(r"<[A-Z_]+_\d+>|\d[\d.,:%]*|[^\W\d_]+(?:['’][^\W\d_]+)?")


def admit(candidate: Candidate, source: CleanSource, sentences: Mapping[str, Sentence]) -> Statement:
    """A verified statement, or AdmissionError saying what doesn't hold: see `cite`."""
    if not candidate.kinds:
        raise AdmissionError("A candidate without a kind.")
    if candidate.source_id != source.id:
        raise AdmissionError(f"The candidate is not in source {source.path}.")
    return cite(candidate.sentence_ids, source, sentences).model_copy(
        update={
            "kinds": tuple(sorted(candidate.kinds, key=lambda kind: (-candidate.kinds[kind], kind))),
            "confidence": dict(sorted(candidate.kinds.items())),
            "tone": candidate.tone,
        }
    )


def cite(sentence_ids: tuple[str, ...], source: CleanSource, sentences: Mapping[str, Sentence]) -> Statement:
    """A customer's words with their place, of no kind yet; or AdmissionError saying what doesn't hold.

    Checked: the sentences exist, lie in this source, neighbour each other within one turn, are at most two, and are
    a customer's; the quote is copied from the stored text.
    """
    if not 1 <= len(sentence_ids) <= MAX_SENTENCES:
        raise AdmissionError(f"A statement quotes at most {MAX_SENTENCES} sentences.")
    found = []
    for sentence_id in sentence_ids:
        sentence = sentences.get(sentence_id)
        if sentence is None or sentence.source_id != source.id:
            raise AdmissionError(f"Sentence {sentence_id} is not in source {source.path}.")
        found.append(sentence)
    if len({sentence.turn for sentence in found}) != 1 or found != sorted(found, key=lambda s: s.start):
        raise AdmissionError("The sentences of a statement stand in one turn, in order.")
    first, last = found[0], found[-1]
    between = (s for s in sentences.values() if s.source_id == source.id and first.end <= s.start < last.start)
    if len({s.id for s in found}) != len(found) or any(between):
        raise AdmissionError("The sentences of a statement neighbour each other.")
    turn = source.turns[first.turn]
    if turn.role != "customer":
        raise AdmissionError(f"Only customers' words are evidence; this turn is “{turn.role}”.")
    start, end = first.start, last.end
    if not turn.start <= start < end <= turn.end:
        raise AdmissionError("The quote lies outside its turn.")
    lines, locator = place(source, start, end)
    return Statement(
        id=_id("s", *sentence_ids),
        kinds=(),
        confidence={},
        tone="neutral",
        quote=source.text[start:end],
        source_id=source.id,
        sentence_ids=sentence_ids,
        account_id=source.account.id,
        source_kind=source.kind,
        role=turn.role,
        voice=turn.voice,
        start=start,
        end=end,
        lines=lines,
        locator=locator,
        date=source.date,
    )


def admit_claim(
    *,
    kind: Kind,
    text: str,
    theme_id: str,
    status: Status,
    support: Support,
    evidence: Sequence[Statement],
    counter: Sequence[Statement] = (),
    page_one: bool = False,
    answers: str | None = None,
    detail: Mapping[str, str] | None = None,
    facts: Sequence[Fact] = (),
    beside: Sequence[Statement] = (),
    sources: Mapping[str, CleanSource] | None = None,
) -> Claim:
    """A claim whose text and facts are borne by its evidence, or AdmissionError naming what is not.

    What is wished for and what comes of a pain may also stand in statements `beside` it: a customer's, in the same turn
    of the same source, one of `sources`.
    """
    if not evidence:
        raise AdmissionError("A claim without evidence.")
    if any(statement.role != "customer" for statement in evidence):
        raise AdmissionError("Only customers' words are evidence.")
    unborne = unborne_words(text, (statement.quote for statement in evidence))
    if unborne:
        raise AdmissionError(f"Not in the evidence: {', '.join(unborne)}.")
    bearers = {s.id: s for s in (*_same_turn(beside, evidence, sources or {}), *evidence)}
    cited = {statement.id for statement in evidence}
    for fact in facts:
        _check_fact(fact, kind, bearers.get(fact.statement), cited=fact.statement in cited)
    _check_order(facts)
    return Claim(
        id=f"c-{theme_id}",
        kind=kind,
        text=text,
        status=status,
        support=support,
        evidence=tuple(statement.id for statement in evidence),
        counter=tuple(statement.id for statement in counter),
        page_one=page_one,
        answers=answers,
        detail=dict(sorted((detail or {}).items())),
        facts=tuple(facts),
    )


def _same_turn(
    beside: Sequence[Statement], evidence: Sequence[Statement], sources: Mapping[str, CleanSource]
) -> list[Statement]:
    turns = {turn_of(statement, sources) for statement in evidence} - {None}
    return [s for s in beside if s.role == "customer" and turn_of(s, sources) in turns]


def turn_of(statement: Statement, sources: Mapping[str, CleanSource]) -> tuple[str, int] | None:
    """The source and the index of the turn in which a statement stands; None where it stands in none of them."""
    source = sources.get(statement.source_id)
    turns = enumerate(source.turns) if source else ()
    return next(
        ((statement.source_id, n) for n, t in turns if t.start <= statement.start and statement.end <= t.end), None
    )


def _check_fact(fact: Fact, kind: Kind, bearer: Statement | None, *, cited: bool) -> None:
    if fact.name not in FACTS.get(kind, ()):
        raise AdmissionError(f"A {kind} has no {fact.name}.")
    if bearer is None or not (cited or fact.name in ("wish", "impact")):
        raise AdmissionError(f"The {fact.name} is read from {fact.statement}, which is no evidence of the claim.")
    words = LABELS.get(fact.name)
    if fact.text not in words if words else not fact.text.strip() or fact.text not in bearer.quote:
        raise AdmissionError(f"The {fact.name} “{fact.text}” is not in what {fact.statement} says.")


def _check_order(facts: Sequence[Fact]) -> None:
    """A figure stands with what it counts, a part in buying with who has it."""
    for before, fact, after in zip([None, *facts], facts, [*facts[1:], None], strict=False):
        needed = ((BEFORE.get(fact.name), after), (AFTER.get(fact.name), before))
        for name, found in needed:
            if name and (found is None or (found.name, found.statement) != (name, fact.statement)):
                raise AdmissionError(f"The {fact.name} “{fact.text}” stands without its {name}.")


def admit_prose(
    written: Written, evidence: Mapping[str, Statement], account_of: Mapping[str, str], likeness: float
) -> Prose:
    """A model's sentence that is borne by the statements that it names, or AdmissionError saying what doesn't hold.

    `evidence` is all that it may rest on, by id, and `account_of` the name of the account of each source; `likeness` is the
    cosine of the sentence's embedding with that of what it names. `bearing` says what is checked, and what is measured.
    """
    if not written.text.strip() or "\n" in written.text or len(written.text) > _LONGEST_PROSE:
        raise AdmissionError("It is not one plain sentence.")
    if _ACTIVE.search(_PLACEHOLDER.sub("", written.text)):
        raise AdmissionError("It holds an address or markup.")
    if not written.evidence:
        raise AdmissionError("It names no statement.")
    unknown = [name for name in written.evidence if name not in evidence]
    if unknown:
        raise AdmissionError("It names a statement that is not part of what it is about.")
    cited = [evidence[name] for name in dict.fromkeys(written.evidence)]
    if any(statement.role != "customer" for statement in cited):
        raise AdmissionError("Only customers' words are evidence.")
    quotes, accounts = [one.quote for one in cited], [account_of[one.source_id] for one in cited]
    faults = bearing.faults(written.text, quotes, accounts)
    if faults:
        raise AdmissionError(f"Not in what it names: {', '.join(faults)}.")
    if bearing.chance(bearing.measured(written.text, quotes, accounts, likeness)) < bearing.LEAST:
        raise AdmissionError("Its words are there, but not as it puts them together.")
    return Prose(text=written.text, evidence=tuple(statement.id for statement in cited))


def content_words(text: str) -> list[str]:
    """Words that carry content, lower-cased, in order; numbers and placeholders count, and so do negations."""
    words = [word.lower().replace("’", "'").rstrip(".,:") for word in _WORD.findall(text)]
    return [word for word in words if word not in FUNCTION_WORDS or word in NEGATIONS]


def unborne_words(text: str, quotes: Iterable[str]) -> list[str]:
    """Content words, numbers and negations of `text` that none of the quotes holds."""
    held = {word for quote in quotes for word in content_words(quote)}
    return [word for word in content_words(text) if word not in held]


def block_at(source: CleanSource, offset: int) -> int:
    """Index of the block in which the character at `offset` of the clean text lies."""
    low, high = 0, len(source.blocks) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if source.blocks[middle].start <= offset:
            low = middle
        else:
            high = middle - 1
    return low


def place(source: CleanSource, start: int, end: int) -> tuple[LineRange | None, Locator]:
    """Where ``source.text[start:end]`` is in the original: its lines, if that is text, and its locator."""
    first: CleanBlock = source.blocks[block_at(source, start)]
    last: CleanBlock = source.blocks[block_at(source, end - 1)]
    lines = None
    if first.lines and last.lines:
        lines = (
            first.lines[0] + source.text.count("\n", first.start, start),
            last.lines[0] + source.text.count("\n", last.start, end),
        )
    if lines and first.locator.unit == "line" and last.locator.unit == "line":
        return lines, Locator(unit="line", first=lines[0], last=lines[1])
    return lines, Locator(unit=first.locator.unit, first=first.locator.first, last=last.locator.last)


def _id(prefix: str, *parts: str) -> str:
    return f"{prefix}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"
