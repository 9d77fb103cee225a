"""What a model writes, between its pen and the profile or answer: each sentence is admitted, or asked for once more, or dropped.

A sentence that isn't borne goes back with the reason; what comes instead is checked in the same way, and nothing is asked a
third time. Every sentence that fell is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from icp_synth import bearing
from icp_synth.errors import AdmissionError
from icp_synth.evidence import admit_prose
from icp_synth.ports import Analyst, Answerer, Embedder, Vectors
from icp_synth.records import (
    Claim,
    Dropped,
    Part,
    Partial,
    Proposed,
    ProposedClaim,
    Prose,
    Record,
    Response,
    Section,
    Statement,
    Theme,
    Wording,
    Written,
)
from icp_synth.stages.answer import said
from icp_synth.support import Evidence

UNBORNE = "customers' own words: what the model wrote isn't borne by the evidence"
LEFT_OUT = "customers' own words: no sentence of the model rests on them"
MOST = 3  # sentences about a theme; a section is summed up in two
_MOST_SUMMED = 2
_MOST_ANSWERED = 6

Refused = Mapping[str, Sequence[Dropped]]
Ask = Callable[[Refused], Proposed[dict[str, tuple[Written, ...]]]]


class Worded(Record):
    """The analyst's choice of headlines, and by theme or section the sentences that hold; those that don't; what is missing."""

    chosen: dict[str, Wording] = {}
    prose: dict[str, tuple[Prose, ...]]
    dropped: tuple[Dropped, ...]
    partial: tuple[Partial, ...]


def worded(
    themes: Sequence[Theme], evidence: Evidence, vectors: Mapping[str, Vectors], analyst: Analyst, embedder: Embedder
) -> Worded:
    """What the analyst writes about themes. Each sentence may rest on the statements of its theme and no others."""
    about = {theme.id: {m: evidence.statements[m] for m in theme.members} for theme in themes}
    chosen: dict[str, Wording] = {}

    def ask(refused: Refused) -> Proposed[dict[str, tuple[Written, ...]]]:
        asked = [theme for theme in themes if not refused or theme.id in refused]
        told = analyst.word(asked, evidence.statements, refused)
        chosen.update({name: one for name, one in told.what.items() if name not in chosen})
        sentences = {name: one.sentences for name, one in told.what.items()}
        return Proposed[dict[str, tuple[Written, ...]]](what=sentences, partial=told.partial)

    made = _checked(ask, about, evidence, vectors, embedder, MOST)
    return made.model_copy(update={"chosen": chosen})


def summed_up(
    sections: Sequence[Section],
    evidence: Evidence,
    vectors: Mapping[str, Vectors],
    analyst: Analyst,
    embedder: Embedder,
) -> Worded:
    """What the analyst writes about sections, each resting on the claims of page one in it."""
    about = {
        section.key: {i: evidence.statements[i] for claim in section.claims if claim.page_one for i in claim.evidence}
        for section in sections
    }

    def ask(refused: Refused) -> Proposed[dict[str, tuple[Written, ...]]]:
        asked = [section for section in sections if not refused or section.key in refused]
        return analyst.synthesize(asked, evidence.statements, refused)

    return _checked(ask, about, evidence, vectors, embedder, _MOST_SUMMED)


class Told(Record):
    """What is written to a question: sentences that hold, those that don't, what is missing.

    `fell` are the ids of the statements on which one that doesn't hold was to rest, `unanswered` and `silent` as in `Response`.
    """

    prose: tuple[Prose, ...]
    dropped: tuple[Dropped, ...]
    partial: tuple[Partial, ...]
    fell: frozenset[str]
    unanswered: tuple[int, ...]
    silent: bool


def answered(
    question: str,
    asked: Sequence[str],
    parts: Mapping[str, Part],
    evidence: Evidence,
    vectors: Mapping[str, Vectors],
    answerer: Answerer,
    embedder: Embedder,
) -> Told:
    """What is written to a question, which holds those `asked`. A sentence may rest on `parts`, by statement of `evidence`.

    Of what a sentence names it keeps what bears it, so that who says so is not counted too high.
    """
    told: list[Response] = []

    def ask(refused: Refused) -> Proposed[dict[str, tuple[Written, ...]]]:
        given = answerer.answer(asked, parts, refused.get(question, ()))
        told.append(given.what)
        return Proposed[dict[str, tuple[Written, ...]]](what={question: given.what.sentences}, partial=given.partial)

    about = {question: {name: evidence.statements[name] for name in parts}}
    made = _checked(ask, about, evidence, vectors, embedder, _MOST_ANSWERED)
    held = made.prose.get(question, ())
    holds = {one.text for one in held}
    return Told(
        prose=tuple(_borne_by(one, about[question], evidence, vectors, embedder) for one in held),
        dropped=made.dropped,
        partial=made.partial,
        fell=frozenset(name for one in told for w in one.sentences if w.text not in holds for name in w.evidence),
        unanswered=told[0].unanswered,
        silent=told[0].silent,
    )


def _borne_by(
    one: Prose,
    about: Mapping[str, Statement],
    evidence: Evidence,
    vectors: Mapping[str, Vectors],
    embedder: Embedder,
) -> Prose:
    """A sentence with those of its statements that bear it alone; where none does, with no more than bear it together."""
    names = _names(evidence)

    def resting_on(ids: Sequence[str]) -> Prose | None:
        written = Written(text=one.text, evidence=tuple(ids))
        checked = _one("", written, about, names, _likeness([written], vectors, embedder)) if ids else None
        return checked if isinstance(checked, Prose) else None

    alone = [name for name in one.evidence if resting_on([name])]
    if alone:
        return resting_on(alone) or resting_on(alone[:1]) or one
    fewest = one
    for name in reversed(one.evidence):
        fewest = resting_on([other for other in fewest.evidence if other != name]) or fewest
    return fewest


def claims(
    told: Told, spoken: Sequence[ProposedClaim], parts: Sequence[Part], ids: Sequence[str]
) -> list[ProposedClaim]:
    """What holds of what was written, and behind it in customers' words the parts that none of it rests on.

    `spoken` are the claims in customers' words, `ids` those of the statements of `parts`. Nothing that was found is left out.
    """
    if not (told.prose or told.dropped):
        return list(spoken)
    number = {name: n for n, name in enumerate(ids)}
    written = [
        ProposedClaim(text=one.text, parts=tuple(number[name] for name in one.evidence), written=True)
        for one in told.prose
    ]
    borne = {n for claim in written for n in claim.parts}
    left = [rest for claim in spoken if (rest := tuple(n for n in claim.parts if n not in borne))]
    fell: list[ProposedClaim] = []
    unnamed: list[ProposedClaim] = []
    for rest in left:
        stood_for = bool(told.fell & {ids[n] for n in rest})
        claim = ProposedClaim(text=said(parts[rest[0]]), parts=rest, note=UNBORNE if stood_for else LEFT_OUT)
        (fell if stood_for else unnamed).append(claim)
    return [*written, *fell, *unnamed]


def beside(claims: Mapping[str, Claim], told: Worded) -> dict[str, Claim]:
    """Claims with what was written about their themes; where all of that fell, the customers' words say that they stand in."""
    fell = {one.about for one in told.dropped}
    made = {}
    for theme, claim in claims.items():
        written = told.prose.get(theme, ())
        if written:
            claim = claim.model_copy(update={"prose": written})
        elif theme in fell:
            claim = claim.model_copy(update={"detail": {"wording": UNBORNE, **claim.detail}})
        made[theme] = claim
    return made


def above(sections: Sequence[Section], told: Worded) -> tuple[Section, ...]:
    """Sections with what sums them up."""
    return tuple(one.model_copy(update={"portrait": told.prose.get(one.key, ())}) for one in sections)


def _checked(
    ask: Ask,
    about: Mapping[str, Mapping[str, Statement]],
    evidence: Evidence,
    vectors: Mapping[str, Vectors],
    embedder: Embedder,
    most: int,
) -> Worded:
    """Ask, check, ask once more about what fell, check that."""
    names = _names(evidence)
    slots: dict[str, list[Prose | Dropped]] = {}
    fallen: list[Dropped] = []
    missing: list[Partial] = []
    for round_ in (1, 2):
        refused = {name: [one for one in held if isinstance(one, Dropped)] for name, held in slots.items()}
        refused = {name: fell for name, fell in refused.items() if fell}
        if round_ == 2 and not refused:
            break
        told = ask(refused)
        missing += told.partial
        written = {name: told.what[name][:most] for name in sorted(told.what) if name in about}
        likely = _likeness([one for several in written.values() for one in several], vectors, embedder)
        for name, several in written.items():
            if round_ == 2 and name not in refused:
                continue
            checked = [_one(name, one, about[name], names, likely) for one in several]
            fallen += [one for one in checked if isinstance(one, Dropped)]
            slots[name] = _instead(slots.get(name, []), checked)[:most]
    prose = {name: tuple(one for one in held if isinstance(one, Prose)) for name, held in slots.items()}
    return Worded(
        prose={name: held for name, held in prose.items() if held},
        dropped=tuple(
            sorted({(d.about, d.text, d.reason): d for d in fallen}.values(), key=lambda d: (d.about, d.text))
        ),
        partial=tuple(missing),
    )


def _names(evidence: Evidence) -> dict[str, str]:
    """The name of the account of each source."""
    return {source: evidence.accounts[account].name for source, account in evidence.account_of.items()}


def _instead(before: Sequence[Prose | Dropped], new: Sequence[Prose | Dropped]) -> list[Prose | Dropped]:
    """New sentences in the places of those that fell, in order; what holds already isn't said twice."""
    held = {one.text for one in before if isinstance(one, Prose)}
    fresh = iter([one for one in new if one.text not in held])
    return [next(fresh, one) if isinstance(one, Dropped) else one for one in before] + [*fresh]


def _one(
    name: str,
    written: Written,
    evidence: Mapping[str, Statement],
    names: Mapping[str, str],
    likely: Mapping[Written, float],
) -> Prose | Dropped:
    try:
        return admit_prose(written, evidence, names, likely[written])
    except AdmissionError as error:
        return Dropped(about=name, text=written.text, reason=error.message)


def _likeness(written: Sequence[Written], vectors: Mapping[str, Vectors], embedder: Embedder) -> dict[Written, float]:
    """The cosine of each sentence with what it names, at its closest: one statement, or their middle."""
    own = embedder.embed([one.text for one in written])
    return {
        one: bearing.likeness(vector, [vectors[i] for i in one.evidence if i in vectors])
        for one, vector in zip(written, own, strict=True)
    }
