"""Do these quotes bear this sentence? What can be checked outright is; what is left is measured. Pure.

`faults` names what the quotes don't hold though the sentence says it: names, numbers with their units, negations, reasons,
words of extent. `chance` is how likely the rest is borne: a logistic regression over the share of its words that stand in the
quotes (in any inflection, and in their order), what was left out that would weaken it, and how close the embeddings lie.
`evals/training/bearing.py` chooses its weights and the least chance, on labelled sentences.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icp_synth.neighbours import centre
from icp_synth.records import Record

FUNCTION_WORDS = frozenset(
    """a an the and or but so of in on at to for from by with as is are was were be been being am it its this that these
    those we our us ours they their them theirs he she his her him hers i me my mine you your yours itself themselves himself
    herself ourselves will would can could should may might must do does did doing done have has had having than then there
    here if when while where who whom whose which what how why any anybody anyone anything both one other another such own same
    too very just about into between out up down off again also because since through though although whereas however yet not
    no nor per via within upon onto toward towards among across around rather even s say says said according report reports
    reported describe describes described mention mentions mentioned get gets got make makes made go goes went compared""".split()
)
NEGATIONS = frozenset(
    """no not never none nothing nobody neither nor without cannot hardly nowhere n't lack lacks lacked lacking rather instead
    fail fails failed""".split()
)
_ANYBODY = frozenset("customer customers account accounts client clients".split())  # whoever said it
_TOKEN = re.compile(r"<[A-Z_]+(?:_\d+)?>|[£$€]?\d[\d.,]*(?:[a-z]{1,2}\b|%)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[,;:–—()]")
_CLAUSE = re.compile(r"[,;:–—()]|\b(?:while|whereas|but|although|though|and)\b", re.I)

_NUMBERS = {
    word: number
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty""".split()
    )
} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "hundreds": 100, "thousand": 1000, "thousands": 1000, "million": 10**6, "millions": 10**6, "billion": 10**9,
    "dozen": 12, "dozens": 12,
}  # fmt: skip
_FRACTIONS = frozenset(
    "twice thrice half halves third thirds quarter quarters double doubled doubles triple tripled".split()
)
_SHORT = {"min": "minute", "mins": "minute", "hr": "hour", "hrs": "hour", "sec": "second", "secs": "second", "yr": "year",
          "yrs": "year", "wk": "week", "wks": "week"}  # fmt: skip
_MONTHS = frozenset(
    """january february april june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday spring summer autumn winter easter christmas""".split()
)
# Words of one class stand for each other; a sentence with one needs one in the quotes.
_CLASSES: Mapping[str, frozenset[str]] = {
    "a reason": frozenset(
        """because since due owing cause caused causes causing therefore thus thanks why hence consequently reason led
        leads leading result resulted results resulting drove drives driven thereby prompted prompting enables enabled""".split()
    ),
    "all of them": frozenset("all every everybody everyone everything each entire entirely whole wholly both".split()),
    "always": frozenset("always constantly invariably permanently continually everywhere anytime".split()),
    "most of them": frozenset(
        "most mostly majority usually generally typically often frequently regularly many".split()
    ),
    "only": frozenset("only solely exclusively merely".split()),
    "exactly": frozenset("exactly precisely completely totally fully absolutely definitely certainly utterly".split()),
    "more, or most": frozenset(
        """largest biggest worst best greatest highest lowest main primary chief critical severe massive huge enormous
        serious major key significant significantly dramatic dramatically drastic essential crucial urgent""".split()
    ),
    "before or after, more or less": frozenset(
        "before after until over under above below more less fewer during against".split()
    ),
    "no longer": frozenset(
        "anymore longer stopped stop stops ceased abandoned dropped ended cancelled canceled quit".split()
    ),
    "a rise or fall": frozenset(
        """increase increased increases rise rose risen grew grow grown reduce reduced reduces decrease decreased decreases
        cut cuts fell fall drop drops saved saves save improved improves improve faster slower""".split()
    ),
}
_SO = frozenset("so as since".split())  # reasons in the quotes, and too common elsewhere to ask for
# What makes a statement weaker, unsure, wished for or past: a sentence that leaves it out says more than was said.
_HEDGES = frozenset(
    """maybe perhaps might may could would should probably possibly some sometimes about around roughly almost nearly few
    occasionally partly mostly usually often guess seems seemed reckon apparently likely hope hopes hoped hoping wish wished
    want wanted wants plan planned planning plans love meaning supposed intend if unless until except unsure expect expected
    expects trying try tried least used was were had ago""".split()
)
_IRREGULAR = {
    form: root
    for root, forms in {
        "pay": "paid", "take": "took taken", "get": "got gotten", "go": "went gone goes", "buy": "bought", "sell": "sold",
        "lose": "lost", "keep": "kept", "tell": "told", "say": "said", "know": "knew known", "find": "found",
        "make": "made", "come": "came", "give": "gave given", "send": "sent", "spend": "spent", "leave": "left",
        "bring": "brought", "think": "thought", "see": "saw seen", "run": "ran", "write": "wrote written",
        "choose": "chose chosen", "grow": "grew grown", "begin": "began begun", "build": "built", "hold": "held",
        "mean": "meant", "meet": "met", "feel": "felt", "break": "broke broken", "fall": "fell fallen", "drive": "drove driven",
        "speak": "spoke spoken", "rise": "rose risen", "show": "shown", "teach": "taught", "catch": "caught",
        "sleep": "slept", "stand": "stood", "understand": "understood", "wear": "wore worn", "win": "won", "eat": "ate eaten",
        "person": "people", "child": "children", "man": "men", "woman": "women", "use": "using used uses",
        "stick": "stuck", "lead": "led", "hear": "heard", "become": "became", "drink": "drank", "fly": "flew",
    }.items()
    for form in forms.split()
}  # fmt: skip


class Bearing(Record):
    """What is measured.

    `in_order` is the share of neighbouring words that follow each other in a quote too; `left_out` counts words that made the
    quote weaker where it says the same, at most four; `likeness` is a cosine.
    """

    in_order: float
    left_out: float
    likeness: float


class _Word(NamedTuple):
    """A word as written, its stem, and whether it begins a sentence."""

    text: str
    stem: str
    first: bool


WEIGHTS = Bearing(in_order=4.8273, left_out=-3.7328, likeness=0.2162)
BIAS = -2.3103
LEAST = 0.5


def measured(sentence: str, quotes: Sequence[str], accounts: Sequence[str], likeness: float) -> Bearing:
    """What is measured. `accounts` names the account of each quote; `likeness` is the cosine of their embeddings."""
    stems = [word.stem for word in _content(sentence, accounts)]
    held = [_stems(quote) for quote in quotes]
    pairs = list(zip(stems, stems[1:], strict=False))
    weak = {word for quote in quotes for word in _hedges(quote, {*stems})}
    return Bearing(
        in_order=sum(any(_follows(pair, known) for known in held) for pair in pairs) / max(len(pairs), 1),
        left_out=float(min(len(weak - {word.text.lower() for word in _words(sentence)}), 4)),
        likeness=likeness,
    )


def likeness(vector: NDArray[np.float32], quotes: Sequence[NDArray[np.float32]]) -> float:
    """The cosine of a sentence's vector with the closest of its quotes', or with their middle; 0 without quotes."""
    if not quotes:
        return 0.0
    return round(float(np.max(np.stack([*quotes, centre(quotes)]) @ vector)), 6)


def chance(told: Bearing) -> float:
    """How likely the quotes bear the sentence, in 0..1."""
    logit = BIAS + sum(weight * getattr(told, name) for name, weight in WEIGHTS.model_dump().items())
    return 1 / (1 + math.exp(-logit))


def faults(sentence: str, quotes: Sequence[str], accounts: Sequence[str]) -> list[str]:
    """What the sentence says and the quotes don't hold, in words; `accounts` names the account of each quote."""
    found = [
        *(f"“{word}”" for word in _unborne(sentence, quotes, accounts)),
        *(f"the name {name}" for name in _names(sentence, quotes, accounts)),
        *(f"the number {number}" for number in _wrong_numbers(sentence, quotes)),
        *(f"“{word}” with or without a “not”" for word in _turned(sentence, quotes)),
        *(f"{told}: “{word}”" for told, word in _classes(sentence, quotes)),
        *(f"this of {name}" for name in _misplaced(sentence, quotes, accounts)),
    ]
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- words


def _words(text: str) -> list[_Word]:
    """The words of a text, punctuation among them; stems of those that carry content, and of no others, are told apart."""
    out: list[_Word] = []
    for found in _TOKEN.finditer(text):
        before = text[: found.start()].rstrip()
        token = found.group().rstrip(".,") or found.group()
        out.append(_Word(token, stem(token), not before or before[-1] in '.!?…:“"('))
    return out


def stem(word: str) -> str:
    """A word without its inflection: crude, but the same for the forms of one word."""
    plain = word.lower().replace("’", "'")
    if plain.endswith("n't"):
        return plain
    plain = re.sub(r"'(?:s|re|ve|d|ll|m)?$", "", plain)
    plain = _SHORT.get(plain, plain)
    plain = _IRREGULAR.get(plain, plain)
    if len(plain) <= 3 or not plain.isalpha():
        return plain
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", ""),
        ("ly", ""),
        ("s", ""),
    ):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3 and not plain.endswith("ss"):
            plain = plain.removesuffix(ending) + instead
            break
    if len(plain) > 3 and plain[-1] == plain[-2] and plain[-1] not in "lsz":
        plain = plain[:-1]
    return plain.removesuffix("e") if len(plain) > 3 else plain


_MEASURES = frozenset(
    map(
        stem,
        """second minute hour day week month quarter year night morning evenings afternoon time term percent point euro
        pound dollar cent person user seat site mile kilometre metre""".split(),
    )
)


def _stems(text: str) -> list[str]:
    return [word.stem for word in _words(text)]


def _is_content(word: _Word) -> bool:
    plain = word.text.lower().replace("’", "'")
    return plain[0].isalnum() and plain not in FUNCTION_WORDS and plain not in NEGATIONS and not plain.endswith("n't")


def _content(sentence: str, accounts: Sequence[str]) -> list[_Word]:
    """Content words of a sentence, without the names of the accounts and the words for whoever said it."""
    known = {part.stem for name in accounts for part in _words(name)}
    generic = _ANYBODY if len({*accounts}) > 1 else {word for word in _ANYBODY if not word.endswith("s")}
    return [w for w in _words(sentence) if _is_content(w) and w.stem not in known and w.text.lower() not in generic]


def _follows(pair: tuple[str, str], stems: Sequence[str]) -> bool:
    """Whether the second stands within a few words behind the first."""
    return any(pair[1] in stems[n + 1 : n + 7] for n, one in enumerate(stems) if one == pair[0])


def _unborne(sentence: str, quotes: Sequence[str], accounts: Sequence[str]) -> Iterator[str]:
    """Words that carry content, and stand in no quote in any form. Numbers and names are looked at apart."""
    held = {each for quote in quotes for each in _stems(quote)}
    for word in _content(sentence, accounts):
        if word.stem not in held and _number(word.text) is None and not _is_name(word):
            yield word.text


def _hedges(quote: str, stems: set[str]) -> Iterator[str]:
    """Words that weaken what the quote says, beside a word that the sentence has too."""
    words = _words(quote)
    for n, word in enumerate(words):
        if word.text.lower() in _HEDGES and stems & {near.stem for near in words[max(0, n - 3) : n + 5]}:
            yield word.text.lower()


# ---------------------------------------------------------------- names and numbers


def _names(sentence: str, quotes: Sequence[str], accounts: Sequence[str]) -> Iterator[str]:
    """Capitalised words, acronyms, months and placeholders that no quote and no account holds."""
    held = {word.stem for text in (*quotes, *accounts) for word in _words(text)}
    for word in _words(sentence):
        if _is_name(word) and word.stem not in held and _number(word.text) is None:
            yield word.text


def _is_name(word: _Word) -> bool:
    plain = word.text
    inside = plain[:1].isupper() and plain != "I" and (not word.first or not plain[1:].islower())
    return plain[0] == "<" or (inside and len(plain) > 1) or plain.lower() in _MONTHS


def _number(token: str) -> str | None:
    """A number in one spelling, with its currency; fractions and ordinals as they are. None for other words."""
    plain = token.lower()
    if plain in _NUMBERS:
        return str(_NUMBERS[plain])
    if plain in _FRACTIONS:
        return stem(plain)
    found = re.fullmatch(r"([£$€]?)(\d[\d.,]*)(%|[a-z]{1,2})?", plain)
    if not found:
        return None
    digits = found[2].rstrip(".,").replace(",", "")
    if found[3] == "k":
        digits += "000"
    return found[1] + digits


def _unit(words: Sequence[_Word], at: int) -> str:
    """The measure behind a number, with one word between them at most, or "" where it counts other things."""
    if words[at].text.endswith("%"):
        return "percent"
    return next((word.stem for word in words[at + 1 : at + 3] if word.stem in _MEASURES), "")


def _wrong_numbers(sentence: str, quotes: Sequence[str]) -> Iterator[str]:
    """Numbers that don't stand in the quotes, or count another thing there."""
    held: dict[str, set[str]] = {}
    for quote in quotes:
        words = _words(quote)
        for n, word in enumerate(words):
            number = _number(word.text)
            if number is not None:
                held.setdefault(number, set()).add(_unit(words, n))
    words = _words(sentence)
    for n, word in enumerate(words):
        number = _number(word.text)
        if number is None or word.text.lower() == "one":
            continue
        unit = _unit(words, n)
        if number not in held or (unit and unit not in held[number]):
            yield f"{word.text} {unit}".strip()


# ---------------------------------------------------------------- not, because, all


def _negated(text: str) -> tuple[set[str], set[str], set[str]]:
    """Content stems that a negation stands right before; those within its reach (four words, in one clause); the others."""
    heads: set[str] = set()
    within: set[str] = set()
    others: set[str] = set()
    reach, head = 0, False
    for word in _words(text):
        plain = word.text.lower().replace("’", "'")
        if word.first or plain in ",;:–—()":
            reach, head = 0, False
        if plain in NEGATIONS or plain.endswith("n't"):
            reach, head = 4, True
        elif _is_content(word):
            if head:
                heads.add(word.stem)
            (within if reach else others).add(word.stem)
            reach, head = max(0, reach - 1), False
    return heads, within, others


def _turned(sentence: str, quotes: Sequence[str]) -> Iterator[str]:
    """Words right behind a negation in the sentence that are behind none in the quotes, or the other way round."""
    heads, within, others = _negated(sentence)
    theirs = [_negated(quote) for quote in quotes]
    their_heads, their_within, their_others = ({each for one in theirs for each in one[n]} for n in range(3))
    yield from sorted(heads - their_within)
    yield from sorted((their_heads - their_others) & others - within)


def _classes(sentence: str, quotes: Sequence[str]) -> Iterator[tuple[str, str]]:
    own = [word.text.lower() for word in _words(sentence)]
    held = {word.text.lower() for quote in quotes for word in _words(quote)}
    stems = {stem(word) for word in held}
    for told, words in _CLASSES.items():
        standing = words | (_SO if told == "a reason" else frozenset())
        for word in own:
            if word in words and stem(word) not in stems and not held & standing:
                yield told, word


def _misplaced(sentence: str, quotes: Sequence[str], accounts: Sequence[str]) -> Iterator[str]:
    """Accounts of which the sentence says what another one's quotes bear better."""
    if len({*accounts}) < 2:
        return
    said = {
        name: {s for q, a in zip(quotes, accounts, strict=True) if a == name for s in _stems(q)} for name in accounts
    }
    about: str | None = None
    for clause in _CLAUSE.split(sentence):
        here = [name for name in said if name.lower() in clause.lower()]
        about = here[0] if len(here) == 1 else None if here else about
        own = {word.stem for word in _content(clause, accounts)}
        if about and own and max(len(own & stems) for stems in said.values()) > len(own & said[about]):
            yield about
