"""A question → an answer made of citations, on one screen.

    question → Found → Part[] → ProposedClaim[] → Answer
             find     parts   answerer+admit   cite, count

Stages are pure; the ports (embedder, library, answerer) are called between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icp_synth import prose
from icp_synth.answerability import FIRST, answers, confidence
from icp_synth.errors import NotFoundError
from icp_synth.evidence import cite
from icp_synth.pipeline import State, shown_statement
from icp_synth.ports import Answerer, Embedder, Library, Vectors
from icp_synth.records import (
    Answer,
    AnswerClaim,
    CleanTurn,
    Filters,
    Part,
    ProfileAccount,
    ProposedClaim,
    Sentence,
    Statement,
    Theme,
)
from icp_synth.retrieval import SEEDS, Corpus, Found, Mask, rank, seeds
from icp_synth.stages import accounts, answer, arrange
from icp_synth.stages.answer import Extractive
from icp_synth.support import Evidence, count_support

SILENT = "The evidence doesn't say."
_COUNTED = 24  # parts of an answer that counts
_FOLLOW_UPS = 3
_TRIED = 6  # questions that are asked of the evidence before they are offered
_LONGEST = 140  # characters of a question that is offered
_SHORT = 3  # letters of a first word that may be any
_SHOWN = 12  # roles that are named where none fits
_FETCHED = 8192  # vectors that are fetched from the store at a time
_OPPOSED = 200  # sentences among which there may be some that speak against a claim


@dataclass(frozen=True)
class Base:
    """The evidence base of a workspace, laid out to be asked: a function of its state and sentences.

    `read` has what was read out of a sentence, by its id; `vectors` a row for each of the corpus (1.5 KB a sentence: to look
    a thousand of them up for each question would take longer than all else).
    """

    corpus: Corpus
    evidence: Evidence
    read: Mapping[str, tuple[Statement, ...]]
    themes: Mapping[str, tuple[Theme, ...]]
    vectors: Vectors


def base(state: State, sentences: Sequence[Sentence], library: Library) -> Base:
    """Lay the evidence out. `themes` of the result are by statement id."""
    resolved = accounts.resolve(state.sources, state.rows, state.overlays)
    evidence = Evidence(
        sources={source.id: source for source in state.sources},
        statements={statement.id: statement for statement in state.statements},
        account_of=resolved.of_source,
        accounts=resolved.by_id,
    )
    read: dict[str, tuple[Statement, ...]] = {}
    for statement in state.statements:
        for name in statement.sentence_ids:
            read[name] = (*read.get(name, ()), statement)
    left_out = {overlay.target for overlay in state.overlays if overlay.action == "theme.exclude"}
    themes: dict[str, tuple[Theme, ...]] = {}
    for theme in arrange.arrange(state.earlier, state.overlays):
        for member in theme.members if theme.id not in left_out else ():
            themes[member] = (*themes.get(member, ()), theme)
    names = {source: _known_name(resolved.by_id[account]) for source, account in resolved.of_source.items()}
    kinds = {name: {kind for one in those for kind in one.kinds} for name, those in read.items()}
    corpus = Corpus(state.sources, sentences, kinds, names)
    return Base(corpus, evidence, read, themes, _all_vectors(corpus, library))


def _all_vectors(corpus: Corpus, library: Library) -> Vectors:
    """The vectors of a corpus, fetched some at a time: together they would be in memory several times over."""
    ids = [sentence.id for sentence in corpus.sentences]
    some = library.vectors(ids[:_FETCHED])
    vectors = np.empty((len(ids), some.shape[1]), dtype=np.float32)
    vectors[: len(some)] = some
    for first in range(_FETCHED, len(ids), _FETCHED):
        vectors[first : first + _FETCHED] = library.vectors(ids[first : first + _FETCHED])
    return vectors


def _known_name(account: ProfileAccount) -> str:
    return account.name if account.known else ""


# ---------------------------------------------------------------- finding


def find(question: str, known: Base, library: Library, embedder: Embedder, filters: Filters) -> Found:
    """Customers' sentences for a question, best first; those of an account alone where the question names it.

    Raises NotFoundError for a filter that names an account, or a role, which isn't there.
    """
    corpus = known.corpus
    wanted = _wanted(known, filters, named(question, known.evidence.accounts.values()))
    allowed = corpus.customer & wanted[corpus.source] if len(corpus) else corpus.customer
    if filters.voices:
        allowed &= np.array([_turn(known, sentence).voice in filters.voices for sentence in corpus.sentences])
    if filters.roles:
        allowed &= _in_role(known, filters.roles)
    if not allowed.any():
        return _nothing(known)
    vector = embedder.embed([question])[0]
    among = (
        None if wanted.all() else [source for source, its in zip(known.evidence.sources, wanted, strict=True) if its]
    )
    lexical = corpus.lexical(question)
    rows = seeds(corpus, library.nearest(vector, 2 * SEEDS, among), lexical, allowed)
    vectors = known.vectors[rows]
    typical = (known.vectors[corpus.level()] @ vector).astype(np.float64)
    return rank(corpus, question, (vectors @ vector).astype(np.float64), lexical, rows, vectors, typical, allowed)


def _nothing(known: Base) -> Found:
    none = np.zeros(0)
    return Found(
        rows=none.astype(np.int64), scores=none, likeness=none, vectors=known.vectors[:0], words={}, names=frozenset(),
        held=(), amounts=(), typical=0.0,
    )  # fmt: skip


def named(question: str, known: Iterable[ProfileAccount]) -> set[str]:
    """Ids of the known accounts that a question names: in full, or by a first word that only one of them has."""
    asked = _words(question)
    names = {one.id: words for one in known if one.known and one.sources and (words := _words(one.name))}
    first = Counter(words[0] for words in names.values())

    def names_it(words: list[str]) -> bool:
        whole = f" {' '.join(words)} ".lower() in f" {' '.join(asked)} ".lower()
        short = words[0] in asked[1:] and words[0].istitle() and len(words[0]) > _SHORT and first[words[0]] == 1
        return whole or short

    return {account for account, words in names.items() if names_it(words)}


def _words(text: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in text).split()


def _wanted(known: Base, filters: Filters, about: set[str]) -> Mask:
    """Per source, whether the filters let it through and it is by one of the accounts `about`, if any."""
    evidence = known.evidence
    chosen = {_account(name, evidence.accounts) for name in filters.accounts}
    wanted = []
    for source in evidence.sources.values():
        account = evidence.accounts[evidence.account_of[source.id]]
        wanted.append(
            (not chosen or account.id in chosen)
            and (not about or account.id in about)
            and all(account.attributes.get(key, "").lower() == value.lower() for key, value in filters.segment.items())
            and (not filters.source_kinds or source.kind in filters.source_kinds)
            and (not filters.outcomes or bool({source.outcome, account.outcome} & {*filters.outcomes}))
            and (filters.since is None or (source.date is not None and source.date >= filters.since))
            and (filters.until is None or (source.date is not None and source.date <= filters.until))
        )
    return np.array(wanted, dtype=np.bool_)


def _account(name: str, known: Mapping[str, ProfileAccount]) -> str:
    for account in known.values():
        if name.lower() in (account.id, account.name.lower()):
            return account.id
    raise NotFoundError(f"No account is called “{name}”.", "`icp-synth accounts` lists them.")


def _turn(known: Base, sentence: Sentence) -> CleanTurn:
    return known.evidence.sources[sentence.source_id].turns[sentence.turn]


def _in_role(known: Base, roles: Iterable[str]) -> Mask:
    """Per sentence, whether its speaker's job or part in buying holds all words of one of these, in any order."""
    told = [role_of(_turn(known, sentence)) for sentence in known.corpus.sentences]
    wanted = [{*_words(role.lower())} for role in roles]
    held = np.array([any(one <= {*_words(role.lower())} for one in wanted) for role in told])
    if not (held & known.corpus.customer).any():
        there = dict.fromkeys(role for role, theirs in zip(told, known.corpus.customer, strict=True) if role and theirs)
        which = f"There are: {', '.join(list(there)[:_SHOWN])}." if there else "The evidence names no speaker's role."
        raise NotFoundError(f"No customer's role holds {' or '.join(f'“{role}”' for role in roles)}.", which)
    return held


def role_of(turn: CleanTurn) -> str:
    """What the evidence calls the speaker: their title, else a label that is no pseudonym; "" where it says nothing."""
    return turn.title or (turn.speaker if turn.speaker and not turn.speaker.startswith("<") else "")


# ---------------------------------------------------------------- answering


def respond(
    question: str, known: Base, library: Library, embedder: Embedder, filters: Filters, answerer: Answerer
) -> Answer:
    """What customers said to that, cited claim by claim; or that the evidence doesn't say.

    Whatever the answerer writes or leaves out, the same is cited: what no sentence of it rests on stands in customers' words.
    """
    found = find(question, known, library, embedder, filters)
    asked = {one: find(one, known, library, embedder, filters) for one in answer.clauses(question)}
    open_: tuple[str, ...] = tuple(one for one, its in asked.items() if not answers(its))
    if not answers(found):
        best = max((one for one in asked if one not in open_), key=lambda one: confidence(asked[one]), default=None)
        if best is None:
            return _silence(question, found)
        found = asked[best]
    elif len(open_) == len(asked):
        open_ = ()
    counting = answer.counts(question)
    parts = answer.parts(known.corpus, found, lambda some, score: _part(some, score, known), _most(counting))
    if counting:
        parts = _with_themes(parts, known)
    if not parts:
        return _silence(question, found)
    vectors, cited = _vectors(parts, library), [_cited(part, known) for part in parts]
    put = [one for one in asked if one not in open_] or [question]
    told = prose.answered(
        question,
        put,
        {one.id: part for one, part in zip(cited, parts, strict=True)},
        known.evidence.model_copy(update={"statements": {one.id: one for one in cited}}),
        {one.id: vector for one, vector in zip(cited, vectors, strict=True)},
        answerer,
        embedder,
    )
    if told.silent:
        return _silence(question, found, answerer.name, len(parts))
    claims = prose.claims(told, answer.claims(parts, vectors @ vectors.T), parts, [one.id for one in cited])
    open_ = (*open_, *(put[n] for n in told.unanswered))
    return _answer(question, claims, parts, vectors, found, open_, known).model_copy(
        update={"analyst": answerer.name, "dropped": told.dropped, "partial": told.partial}
    )


def _most(counting: bool) -> int:
    return _COUNTED if counting else answer.MOST


def _silence(question: str, found: Found, analyst: str = Extractive.name, read: int = 0) -> Answer:
    """That the evidence doesn't say; `analyst` found so, where that is a model, among as many passages as it `read`."""
    words = answer.unheard(question, found, len(found.held)) if len(found.rows) else []
    missing = [f"No sentence near it holds {' or '.join(f'“{word}”' for word in words)}."] if words else []
    if read:
        missing.append(f"{analyst} finds no answer in the {read} nearest passages; --analyst extractive shows them.")
    return Answer(
        question=question,
        abstained=True,
        answer=SILENT,
        confidence=round(confidence(found), 4),
        unanswered=(question,),
        missing=tuple(missing),
        analyst=analyst,
    )


def _part(sentences: Sequence[Sentence], score: float, known: Base) -> Part:
    read = [one for sentence in sentences for one in known.read.get(sentence.id, ())]
    account = known.evidence.accounts[known.evidence.account_of[sentences[0].source_id]]
    tones = [one.tone for one in read if one.tone != "neutral"]
    return Part(
        sentences=tuple(sentences),
        score=score,
        account=account.id if account.known else "",
        kinds=tuple(dict.fromkeys(kind for one in read for kind in one.kinds)),
        tone=tones[0] if len({*tones}) == 1 else "neutral",
        themes=tuple(dict.fromkeys(theme.id for one in read for theme in known.themes.get(one.id, ()))),
    )


def _with_themes(parts: Sequence[Part], known: Base) -> list[Part]:
    """The parts, and the others of the themes that the best of them are in: who says so is counted there."""
    cited = {sentence.id for part in parts for sentence in part.sentences}
    counted = list(parts)
    for part in parts[:FIRST]:
        members = {
            member
            for sentence in part.sentences
            for one in known.read.get(sentence.id, ())
            for theme in known.themes.get(one.id, ())
            for member in theme.members
        }
        for member in sorted(members & known.evidence.statements.keys()):
            its = known.evidence.statements[member]
            if not cited & {*its.sentence_ids}:
                cited |= {*its.sentence_ids}
                sentences = [known.corpus.sentences[known.corpus.row[name]] for name in its.sentence_ids]
                counted.append(_part(sentences, min(part.score, parts[-1].score), known))
    return counted[:_COUNTED]


def _vectors(parts: Sequence[Part], library: Library) -> Vectors:
    """A unit vector for each part: that of its first sentence."""
    return library.vectors([part.sentences[0].id for part in parts])


def _answer(
    question: str, claims: Sequence[ProposedClaim], parts: Sequence[Part], vectors: Vectors, found: Found,
    open_: tuple[str, ...], known: Base,
) -> Answer:  # fmt: skip
    others, theirs = _others(found, parts, known)
    against = [answer.counters(claim.parts, parts, others, vectors @ theirs.T) for claim in claims]
    cited = {n: _cited(parts[n], known) for claim in claims for n in claim.parts}
    opposed = {n: _cited(others[n], known) for some in against for n in some}
    supporting = [cited[n] for n in sorted(cited, key=lambda n: (-parts[n].score, n))]
    support = count_support(known.evidence, supporting)
    silent = {
        account.name: account.sources
        for account in known.evidence.accounts.values()
        if account.known and account.sources and account.id not in {part.account for part in parts}
    }
    order = {one.id: n for n, one in enumerate((*supporting, *opposed.values()), 1)}
    by_id = known.evidence.accounts
    said = {known.evidence.account_of[one.source_id] for one in supporting}
    names = tuple(sorted(by_id[one].name for one in said if by_id[one].known))
    counted = f"{support.accounts} of {support.of_accounts} accounts: {', '.join(names)}. " if names else ""
    return Answer(
        question=question,
        abstained=False,
        answer=(counted if answer.counts(question) else "") + _prose(claims, cited, order),
        confidence=round(confidence(found), 4),
        support=support,
        accounts=names,
        claims=tuple(
            AnswerClaim(
                text=claim.text,
                evidence=tuple(cited[n].id for n in claim.parts),
                score=parts[claim.parts[0]].score,
                support=count_support(known.evidence, [cited[n] for n in claim.parts]),
                counter=tuple(opposed[n].id for n in some),
                written=claim.written,
                note=claim.note,
            )
            for claim, some in zip(claims, against, strict=True)
        ),
        citations=tuple(
            shown_statement(one, known.evidence)
            for one in {one.id: one for one in (*supporting, *opposed.values())}.values()
        ),
        unanswered=open_,
        missing=tuple(answer.missing(support, answer.unheard(question, found), silent)),
    )


def _others(found: Found, parts: Sequence[Part], known: Base) -> tuple[list[Part], Vectors]:
    """What else was found and has a tone, each sentence a part, with its vectors: among it is what speaks against a claim."""
    rows = [
        (n, _part([known.corpus.sentences[int(row)]], round(float(score), 4), known))
        for n, (row, score) in enumerate(zip(found.rows[:_OPPOSED], found.scores[:_OPPOSED], strict=True))
        if known.read.get(known.corpus.sentences[int(row)].id)
    ]
    toned = [(n, part) for n, part in rows if part.tone != "neutral"]
    return [part for _, part in toned], found.vectors[[n for n, _ in toned]]


def _cited(part: Part, known: Base) -> Statement:
    source = known.evidence.sources[part.sentences[0].source_id]
    statement = cite(tuple(s.id for s in part.sentences), source, {s.id: s for s in part.sentences})
    read = [one for sentence in part.sentences for one in known.read.get(sentence.id, ())]
    return next((one for one in read if one.id == statement.id), statement)


def _prose(claims: Sequence[ProposedClaim], cited: Mapping[int, Statement], order: Mapping[str, int]) -> str:
    """The claims in a row, each with the numbers of its citations."""
    told = []
    for claim in claims:
        numbers = "".join(f"[{order[cited[n].id]}]" for n in claim.parts)
        told.append(f"{claim.text if claim.written else f'“{claim.text}”'} {numbers}")
    return " ".join(told)


# ---------------------------------------------------------------- going on from there


def follow_ups(given: Answer, known: Base, library: Library, embedder: Embedder, filters: Filters) -> tuple[str, ...]:
    """Questions that customers were asked near to this one, and that the evidence answers: each is put to it first."""
    cited = {one.question for one in given.citations}
    found = find(given.question, known, library, embedder, filters)
    heard = (known.corpus.sentences[int(row)].question for row in found.rows)
    near = [
        one
        for one in dict.fromkeys(heard)
        if one.endswith("?") and len(one) <= _LONGEST and "<" not in one and one != given.question and one not in cited
    ]
    sure = (one for one in near[:_TRIED] if answers(find(one, known, library, embedder, filters)))
    return tuple(one for one, _ in zip(sure, range(_FOLLOW_UPS), strict=False))
