"""Question → sentences, best first: likeness of vectors and BM25, each in standard scores, with what stands beside them.

A sentence is found by its own words, by the question that it answers, its heading, its account, and by what it tells: a
question for "alternatives" finds what was read as an alternative. What stands beside a sentence counts with it, since
people say a thing over several sentences and turns. Pure: vectors are looked up between `seeds` and `rank`.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from icp_synth.amounts import tells
from icp_synth.evidence import FUNCTION_WORDS
from icp_synth.ports import Vectors
from icp_synth.records import CleanSource, Kind, Sentence

SEEDS = 60  # sentences looked at for each of the two ways to find
LOOKED_AT = 30  # best sentences whose words are held against those of the question
LEVEL = 512  # sentences that say how like an average sentence is to a question

# Chosen on the tuning half of `evals/benchmarks/ask.py`, `_BESIDE` on the questions of `evals/training`.
_LEXICAL = 0.7  # weight of BM25, likeness being 1
_REACH, _DECAY = 5, 0.8  # sentences on either side, and how their weight falls
_BESIDE_CALL = 3.0  # weight of what stands beside a sentence: in a call a matter is spread over many short turns
_BESIDE = 0.3  # in what was written down it stands in a sentence
_K1, _B = 1.2, 0.5  # BM25's, for texts as short as sentences

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LEAST_COMMON = 0.0005  # share of what is said at large below which a term is as rare as can be

_WORD = re.compile(r"(?<![^\W_])(?!(?<=['’])(?:s|t|d|m|re|ve|ll)(?![^\W_]))[^\W_]+", re.I)  # not what "can't" ends in
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells at length what it does
_ASKING = frozenset({"why", "who", "before"})  # function words that say what is asked for
# Words of a question that say nothing about its matter.
_THIN = """many much long often customer client account company adopter user consumer member respondent household buyer
    people anybody anyone somebody someone say tell mention think get like make use product thing ask talk happen go
    kind part name quote cite praise describe experience rate view opinion perceive regard judge role play do not
    something anything nothing""".split()
# Forms that a stemmer doesn't bring together: each line is a word and how else it is said.
_FORMS = """begin began begun; break broke broken; bring brought; build built; buy bought; catch caught; choose chose chosen;
    come came; cost costs; cut cuts; do did done; drive drove driven; eat ate eaten; fall fell fallen; feel felt; find found;
    forget forgot forgotten; get got gotten; give gave given; go went gone goes; grow grew grown growth; have had has;
    hear heard; hide hid hidden; hold held; keep kept; know knew known; lead led; learn learnt; leave left; lend lent;
    lose lost loss; make made; mean meant; meet met; pay paid payment; rise rose risen; run ran; say said says; see saw seen;
    sell sold; send sent; show shown; shrink shrank shrunk; speak spoke spoken; spend spent; stand stood; steal stole stolen;
    take took taken; teach taught; tell told; think thought; understand understood; wear wore; win won; write wrote written;
    child children; man men; woman women; person people; foot feet; hard harder hardest; bad worse worst; good better best;
    fast faster fastest; easy easier easiest easily ease; slow slower slowest slowly; cheap cheaper cheapest; big bigger
    biggest; price pricing""".split(";")
# Words of a question, and the kind of statement that answers it.
_CUES: Mapping[Kind, str] = {
    "pain": """problem pain painful hard hardest difficult difficulty challenge struggle trouble issue annoying complain
        complaint wrong break broke fail failure frustrate frustrating suffer friction obstacle hurt worst bad dislike
        unclear missing weakness drawback downside limitation shortcoming bottleneck rough""",
    "job": "purpose goal aim achieve accomplish need job task",
    "trigger": """why start trigger prompt cause reason switch adopt motivate motivation leave buy bought moment begin
        decide push drive choose""",
    "objection": "doubt worry concern fear hesitate objection risk sceptical afraid trust resist distrust reservation",
    "rebuttal": "reassure convince overcome persuade doubt worry fear concern",
    "disqualifier": "fit unsuitable suit avoid exclude dealbreaker leave churn wrong",
    "desired_outcome": """want wish improve improvement request feature hope better lack missing future suggest plan roadmap""",
    "alternative": """alternative competitor competing rival compare comparison evaluate consider instead before previous
        previously replace option vendor provider incumbent choose""",
    "proof": """result number figure metric save saving gain benefit measure volume scale roi impact faster fast quick
        quickly reduce reduction prove proof evidence quantify outcome traffic throughput statistic gain""",
    "buying_role": """who decide decision budget pay sign approve sponsor champion veto block stakeholder responsible own
        owner committee buyer""",
    "fit_signal": "company size industry region team headcount employees large",
}


@cache
def _common() -> dict[str, float]:
    """Shares of what customers say that hold a term (`evals/training/answering.py`)."""
    shares: dict[str, float] = json.loads(files("icp_synth").joinpath("commonness.json").read_text("utf-8"))
    return shares


_FORM_OF = {form: forms[0] for forms in map(str.split, _FORMS) for form in forms}


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    stemmed: str = Stemmer.Stemmer("english").stemWord(_FORM_OF.get(word, word))
    return stemmed


def terms(text: str) -> list[str]:
    """Stems (Snowball's English, after irregular forms) of the words that carry content, in order; "why" and "who" count."""
    words = (word.lower() for word in _WORD.findall(text))
    return [_stem(word) for word in words if word not in FUNCTION_WORDS or word in _ASKING]


_THIN_TERMS = frozenset(term for word in _THIN for term in terms(word))
_KINDS: dict[str, frozenset[str]] = {}
for _kind, _words in _CUES.items():
    for _word in _words.split():
        for _term in terms(_word):
            _KINDS[_term] = _KINDS.get(_term, frozenset()) | {f"#{_kind}"}


def names(question: str) -> frozenset[str]:
    """The terms of a question that are written as names: with a capital letter, and not at its beginning."""
    return frozenset(term for word in _WORD.findall(question)[1:] if word[0].isupper() for term in terms(word))


def matter(question: str) -> list[str]:
    """The distinct terms of a question that say what it is about, in order."""
    return [term for term in dict.fromkeys(terms(question)) if term not in _THIN_TERMS]


class Corpus:
    """The sentences of a workspace, in the order of its sources, with a BM25 index over their terms.

    `kinds` are those of the statements that rest on a sentence, by its id; `account_of` the name of a source's account.
    A function of what it is given: made anew when the store changes.
    """

    def __init__(
        self,
        sources: Sequence[CleanSource],
        sentences: Sequence[Sentence],
        kinds: Mapping[str, Collection[Kind]],
        account_of: Mapping[str, str],
    ) -> None:
        number = {source.id: n for n, source in enumerate(sources)}
        self.sentences = tuple(
            sorted((s for s in sentences if s.source_id in number), key=lambda s: (number[s.source_id], s.start))
        )
        self.row = {sentence.id: n for n, sentence in enumerate(self.sentences)}
        self.source: Rows = np.array([number[s.source_id] for s in self.sentences], dtype=np.int64)
        calls = np.array([source.kind == "call" for source in sources], dtype=np.bool_)
        self.beside: Scores = np.where(calls[self.source], _BESIDE_CALL, _BESIDE)
        turns = [sources[n].turns[s.turn] for n, s in zip(self.source, self.sentences, strict=True)]
        self.customer: Mask = np.array([turn.role == "customer" for turn in turns], dtype=np.bool_)
        self._kinds, self._account_of = kinds, account_of
        self._frequency: Counter[str] = Counter()
        self._bm25: Any = None
        if self.sentences:
            each = [self.terms(row) for row in range(len(self.sentences))]
            for some in each:
                self._frequency.update(set(some))
            self._bm25 = bm25s.BM25(k1=_K1, b=_B)
            self._bm25.index([some or [""] for some in each], show_progress=False)

    def __len__(self) -> int:
        return len(self.sentences)

    def terms(self, row: int) -> list[str]:
        """What a sentence is found by."""
        sentence = self.sentences[row]
        context = (sentence.question, sentence.heading, self._account_of.get(sentence.source_id, ""))
        return [
            *terms(sentence.text),
            *(term for text in context if text for term in terms(text)),
            *(f"#{kind}" for kind in self._kinds.get(sentence.id, ())),
        ]

    def level(self) -> Rows:
        """At most `LEVEL` rows, evenly spread: likeness is measured against theirs."""
        return np.arange(0, len(self), max(1, math.ceil(len(self) / LEVEL)))

    def lexical(self, question: str) -> Scores:
        """BM25 of every sentence, for the matter of a question and the kinds of statement that it asks for."""
        asked = [term for word in dict.fromkeys(terms(question)) for term in (word, *sorted(_KINDS.get(word, ())))]
        known = [term for term in asked if self._frequency[term]]
        if not known:
            return np.zeros(len(self))
        scores: Scores = np.asarray(self._bm25.get_scores(known), dtype=np.float64)
        return scores

    def rarity(self, term: str) -> float:
        """How much a term of a question tells, in 0..1: its inverse frequency here or in what is said at large.

        The lesser counts: a common verb says little though it may be missing here, and so does what everybody here says.
        """
        held = min(len(self), sum(self._frequency[each] for each in (term, *_KINDS.get(term, ()))))
        here = math.log(1 + (len(self) - held + 0.5) / (held + 0.5)) / math.log(2 * len(self) + 2)
        large = -math.log(max(_common().get(term, 0.0), _LEAST_COMMON)) / -math.log(_LEAST_COMMON)
        return min(here, large)

    def holds(self, term: str, row_terms: Collection[str]) -> bool:
        """Whether a sentence's terms hold a term of a question, by itself or by what the sentence tells."""
        return term in row_terms or any(kind in row_terms for kind in _KINDS.get(term, ()))


@dataclass(frozen=True)
class Found:
    """What was found for a question, best first: rows of the corpus with score, likeness (cosine) and unit vector.

    `words` are the question's terms with their rarity, `names` those of them that are written as names, `held` which words each
    of the first `LOOKED_AT` rows holds, `amounts` whether it tells an amount of the sort that is asked for, if any is;
    `typical` is the mean likeness of an average sentence.
    """

    rows: Rows
    scores: Scores
    likeness: Scores
    vectors: Vectors
    words: Mapping[str, float]
    names: frozenset[str]
    held: tuple[frozenset[str], ...]
    amounts: tuple[bool, ...]
    typical: float


def seeds(corpus: Corpus, nearest: Sequence[str], lexical: Scores, allowed: Mask) -> Rows:
    """The rows to look at: the nearest, the best by BM25, and what stands beside them."""
    near = np.array([corpus.row[name] for name in nearest if name in corpus.row], dtype=np.int64)
    weighed = np.where(allowed, lexical, 0.0)
    best = np.argpartition(-weighed, min(SEEDS, len(weighed)) - 1)[:SEEDS]
    found = np.union1d(near, best[weighed[best] > 0])
    around = (found[:, None] + np.arange(-_REACH, _REACH + 1)).clip(0, len(corpus) - 1)
    return np.unique(around[corpus.source[around] == corpus.source[found][:, None]])


def rank(
    corpus: Corpus, question: str, likeness: Scores, lexical: Scores, rows: Rows, vectors: Vectors, typical: Scores,
    allowed: Mask,
) -> Found:  # fmt: skip
    """Put rows in order. `likeness` and `vectors` are those of `rows`, `lexical` and `allowed` of all sentences.

    `typical` is the likeness of the sentences of `Corpus.level`.
    """
    middle, spread = float(typical.mean()), float(typical.std()) or 1.0
    own = np.zeros(len(corpus))
    own[rows] = (likeness - middle) / spread + _LEXICAL * (lexical[rows] - lexical.mean()) / (lexical.std() or 1.0)
    weight = corpus.beside[rows]
    score = (own[rows] + weight * _beside(corpus, own, rows)) / np.sqrt(1 + weight)
    kept = np.flatnonzero(allowed[rows])
    order = kept[np.lexsort((rows[kept], -np.round(score[kept], 9)))]
    words = {word: corpus.rarity(word) for word in matter(question)}
    held, amounts, tells_it = [], [], tells(question)
    for row in rows[order[:LOOKED_AT]]:
        its = frozenset(corpus.terms(int(row)))
        held.append(frozenset(word for word in words if corpus.holds(word, its)))
        amounts.append(tells_it(corpus.sentences[int(row)].text))
    return Found(
        rows=rows[order],
        scores=score[order],
        likeness=likeness[order],
        vectors=vectors[order],
        words=words,
        names=names(question) & words.keys(),
        held=tuple(held),
        amounts=tuple(amounts),
        typical=middle,
    )


def _beside(corpus: Corpus, own: Scores, rows: Rows) -> Scores:
    """The weighted mean of what stands beside each row in its source; a row that wasn't looked at counts as average."""
    total, weights = np.zeros(len(rows)), np.zeros(len(rows))
    for step in range(1, _REACH + 1):
        for at in (rows - step, rows + step):
            inside = (at >= 0) & (at < len(corpus))
            at = at.clip(0, len(corpus) - 1)
            inside &= corpus.source[at] == corpus.source[rows]
            weight = _DECAY ** (step - 1) * inside
            total += weight * own[at]
            weights += weight
    return total / np.where(weights > 0, weights, 1.0)
