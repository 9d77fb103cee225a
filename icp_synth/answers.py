"""Short answers in a conversation: turns that say nothing but who somebody is or what their number is. Pure.

"jimmy and 2526" holds no shape and no cue, but it is an answer, and what it answers is personal. A turn is an answer where
little is left of it without politeness and the words for names and numbers. Where the question is known it decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from icp_synth.evidence import FUNCTION_WORDS, NEGATIONS
from icp_synth.identifiers import KEYWORD, MAILBOX, kind_of
from icp_synth.people import MONTHS
from icp_synth.person_names import KnownNames
from icp_synth.records import Redaction, Utterance

_MAX_WORDS = 18
_LONGEST = 30  # letters of two words of politeness
_WORD = re.compile(r"[^\s,;:()\"“”]+")
_POLITE = frozenset(
    """hai haii hii hiii helo hell hellow hiya tq ty tnx thnks thnx thankyou thanku thankz okk oky kk lol nothing anything else everything
    actually again ah alright apologies bye cheers correct course dear fine fyi good goodbye great hai hello here hey hi
    hmm hold i'm im its it's just kindly know ma'am maam mam madam make mate mistake moment no nope note ok okay okey oh oops
    pardon perfect please pls plz quick really right sec second see sir so sorry sry sure thank thanks thankyou thats that's
    thx u ur wait well wrong ya yah yea yeah yep yes yup give given check use using look below following details detail
    new old other another one first last full middle surname family update updated change want book lost""".split()
)
_ASKING = frozenset(
    """name names called ssn social security number numbers no num account acct ac card cards credit debit cc policy claim
    booking confirmation reservation order reference ref code pin password passcode pass word email mail e-mail
    emailid mailid id ids address phone mobile cell contact digit digits four customer member membership employee user
    username login licence license passport ending ends ticket zip postal date insurance""".split()
)
_NAMED = re.compile(
    r"\b(?:name|names|name['’]s|called|i['’]?m|i am|this is|speaking to|it['’]?s|behalf of|name of)(?:\s(?:is|are|was|mr|mrs|ms|dr))*\s*[:,]?\s*$",
    re.I,
)
_ASKS_NAME = re.compile(r"\b(?:name|who am i|whom am i|who is this|speaking (?:to|with))\b", re.I)
_UNIT = frozenset(
    """am pm gb mb tb kb gbps mbps ms sec secs min mins minutes hours hour hrs day days week weeks month months year years usd
    dollars dollar bucks euro euros eur gbp pounds rs inr % percent users user seats seat people persons passengers nos pcs
    pieces times km miles lbs kg st nd rd th""".split()
)
_CODE = ("digits", "code", "short")
_NAMING = ("name", "new", "maybe", "also", "letter")
_INTRODUCES = re.compile(
    r"\b(?:(?:my|his|her|whose|full|first|last|middle|maiden|good|partner['’]?s|wife['’]?s|husband['’]?s) name(?:['’]?s| is| was)?|"
    r"(?:they )?call me|named me|everyone calls me|i am called|name of)(?: (?:is|mr|mrs|ms|dr))?\s*:?$",
    re.I,
)
_SECRET_IS = re.compile(r"\bpas\w{0,2} ?w?(?:or|ro|ow)\w{1,2}(?: is| was|:)?$", re.I)
_CUE = re.compile(r"\bname|\bcall me\b|\bcalls me\b|\bpas\w{0,2} ?w?(?:or|ro|ow)\w{1,2}\b", re.I)
_YEAR = re.compile(r"19[4-9]\d|20[0-2]\d")


def answers(text: str, utterances: Sequence[Utterance], known: KnownNames) -> Iterator[Redaction]:
    """Names and numbers in the utterances that are answers. Offsets are those of `text`.

    What is introduced ("my name is", "the password is") is found everywhere.
    """
    for cue in _CUE.finditer(text):
        line = text.rfind("\n", 0, cue.start()) + 1
        words = list(_WORD.finditer(text, max(line, cue.start() - 40), min(len(text), cue.end() + 60)))
        kinds = [_kind(word.group(), known) for word in words]
        yield from _introduced(words, kinds)
        yield from _secret(words, kinds)
    for said in utterances:
        words = list(_WORD.finditer(text, said.start, said.end))
        if not words:
            continue
        kinds = [_kind(word.group(), known) for word in words]
        kinds = _codes(words, kinds)
        kinds = [
            "other"
            if kind == "also"
            and not (n and (kinds[n - 1] in ("name", "new", "maybe", "letter") or _is_said(words[max(0, n - 5) : n])))
            else kind
            for n, kind in enumerate(kinds)
        ]
        if "other" not in kinds and len(words) <= _MAX_WORDS:
            yield from _address(words, kinds)
            yield from _answer(words, kinds, said)
        elif KEYWORD.search(said.asked):
            yield from _numbers(words, kinds, said.asked, wanted=True)


def _kind(word: str, known: KnownNames) -> str:
    """`code`, `digits`, `filler` (politeness and words for what is asked), `name`, `new` (in no list), `other`."""
    bare = word.strip(".!?'’-#*<>").lower()
    if not bare or bare in _POLITE or bare in _ASKING or KEYWORD.fullmatch(bare) or bare in FUNCTION_WORDS | NEGATIONS:
        return "filler"
    if bare.isdigit():
        return "digits"
    if any(char.isdigit() for char in bare):
        return "code" if sum(char.isdigit() for char in bare) > 1 or len(bare) > 3 else "short"
    if bare in known.sure or bare in known.likely or (bare in known.first and bare not in known.words):
        return "name"
    if len(bare) == 1:
        return "letter"
    if _run_together(bare):
        return "filler"
    if bare in known.words:
        return "maybe" if bare in known.first else "also" if bare in known.last else "other"
    return "name" if bare in known.last and bare not in known.places else "new"


def _is_said(before: Sequence[re.Match[str]]) -> bool:
    """Whether the words before say that a name follows."""
    return bool(_NAMED.search(" ".join(word.group() for word in before[-5:])))


def _run_together(word: str) -> bool:
    """Two words of politeness without the space: `okthanks`."""
    known = _POLITE | _ASKING | FUNCTION_WORDS
    return len(word) <= _LONGEST and any(word[:n] in known and word[n:] in known for n in range(2, len(word) - 1))


def _codes(words: Sequence[re.Match[str]], kinds: list[str]) -> list[str]:
    """Letters that stand before digits belong to them (`thd 462514256`), digits before a unit do not."""
    kinds = list(kinds)
    for n, word in enumerate(words):
        bare = word.group().strip(".,!?").lower()
        follows = words[n + 1].group().strip(".,!?").lower() if n + 1 < len(words) else ""
        if kinds[n] == "digits" and follows in _UNIT:
            kinds[n] = "other"
        elif (
            (
                n + 1 < len(words)
                and kinds[n + 1] in _CODE
                and kinds[n] in ("new", "other", "letter", "maybe", "name")
                and bare.isalpha()
                and (len(bare) <= 3 or (len(bare) == 4 and kinds[n] == "new"))
                and not (kinds[n] in ("name", "maybe") and len(bare) > 2 and len(follows) == 4 and follows.isdigit())
            )
            or n
            and kinds[n - 1] in _CODE
            and _ends_code(bare, kinds[n])
            or bare in ("a", "i", "an")
            and follows.isdigit()
            and any(kind in _CODE for kind in kinds[n + 2 :])
        ):
            kinds[n] = "code"
    return kinds


def _secret(words: Sequence[re.Match[str]], kinds: Sequence[str]) -> Iterator[Redaction]:
    """What stands behind "password is", where it is no word that says something about the password."""
    for n in range(1, len(words)):
        before = " ".join(word.group() for word in words[max(0, n - 3) : n])
        if kinds[n] in ("filler", "other", "also") or not _SECRET_IS.search(before):
            continue
        end = n
        while end + 1 < len(words) and kinds[end + 1] in _CODE:
            end += 1
        yield _redaction(words[n], words[end], "SECRET", 0.8)


def _introduced(words: Sequence[re.Match[str]], kinds: Sequence[str]) -> Iterator[Redaction]:
    """What stands behind "my name is", in lower case too, up to the first word that no name holds."""
    for n in range(1, len(words)):
        before = " ".join(word.group() for word in words[max(0, n - 4) : n])
        if kinds[n] in ("filler", "digits", "code", "short", "letter") or not _INTRODUCES.search(before):
            continue
        if any("\n" in word.string[words[n - 1].end() : word.start()] for word in words[n : n + 1]):
            continue
        end = n
        while (
            end + 1 < len(words) and end - n < 3 and kinds[end + 1] in _NAMING and words[end].group()[-1] not in ".,;!?"
        ):
            end += 1
        yield _redaction(words[n], words[end], "PERSON", 0.8)


def _ends_code(word: str, kind: str) -> bool:
    """Letters behind digits that go on with the code: `27 bp 4 a`."""
    if kind == "letter" or word in ("a", "i", "o"):
        return True
    return word.isalpha() and len(word) <= 4 and kind in ("new", "letter") and word not in _UNIT


def _answer(words: Sequence[re.Match[str]], kinds: list[str], said: Utterance) -> Iterator[Redaction]:
    line = " ".join(word.group() for word in words)
    yield from _emails(words, kinds)
    yield from _numbers(words, kinds, f"{said.asked} {line}", wanted=bool(KEYWORD.search(said.asked)))
    if said.asked and not (_ASKS_NAME.search(said.asked) or KEYWORD.search(said.asked)):
        return
    lower = line == line.lower()
    for is_name, group in groupby(range(len(words)), key=lambda n: kinds[n] in _NAMING):
        run = list(group)
        if not is_name or len(run) > 5 or all(kinds[n] == "letter" for n in run):
            continue
        said_so = _is_said(words[max(0, run[0] - 5) : run[0]]) or bool(_ASKS_NAME.search(said.asked))
        listed = any(kinds[n] == "name" for n in run)
        bare = lower and len(words) <= 6 and any(kinds[n] == "new" for n in run)
        alone = lower and len(run) == len(words) <= 2 and kinds[run[0]] == "maybe"
        alone = alone or (
            lower
            and run[0] == 0
            and kinds[0] == "maybe"
            and words[0].group().lower() not in MONTHS
            and any(kind in _CODE for kind in kinds)
        )
        if said_so or listed or bare or alone:
            yield _redaction(words[run[0]], words[run[-1]], "PERSON", 0.8 if said_so else 0.6)


def _numbers(words: Sequence[re.Match[str]], kinds: list[str], asked: str, *, wanted: bool) -> Iterator[Redaction]:
    """Runs of digits and codes that are long enough to be somebody's."""
    for is_code, group in groupby(range(len(words)), key=lambda n: kinds[n] in _CODE):
        run = list(group)
        if not is_code:
            continue
        found = "".join(words[n].group().strip(".,!?#") for n in run)
        digits = sum(char.isdigit() for char in found)
        mixed = digits < len(found)
        year = len(run) == 1 and bool(_YEAR.fullmatch(found))
        named = bool(KEYWORD.search(asked))
        enough = digits >= 2 and len(found) >= 4 if mixed else digits >= 4 or (digits >= 3 and named)
        if enough and (named or wanted or not year):
            yield _redaction(words[run[0]], words[run[-1]], kind_of(asked) if named else "ACCOUNT_NUMBER", 0.6)


def _emails(words: Sequence[re.Match[str]], kinds: list[str]) -> Iterator[Redaction]:
    """`john 123 gmailcom`: an address whose punctuation was lost."""
    for n, word in enumerate(words):
        bare = word.group().lower()
        if not (
            re.search(rf"{MAILBOX}\.?(?:com|net|org|in|co)$", bare)
            or bare == "com"
            or (len(bare) > 9 and bare.endswith(("mailcom", "netcom")))
        ):
            continue
        first = n
        while first and kinds[first - 1] in ("digits", "code", "name", "new", "maybe", "letter") and n - first < 3:
            first -= 1
            if kinds[first] in ("name", "new", "maybe", "letter"):
                break
        yield _redaction(words[first], word, "EMAIL_ADDRESS", 0.8)


def _address(words: Sequence[re.Match[str]], kinds: list[str]) -> Iterator[Redaction]:
    """`35 ondi pudhur`: a house number and words that are in no dictionary, up to the end of the turn."""
    for n in range(len(words) - 1):
        number = words[n].group().strip(",.")
        rest = kinds[n + 1 :]
        if re.fullmatch(r"\d{1,4}", number) and len(rest) >= 2 and rest[0] in ("new", "name", "maybe"):
            if len(words[n + 1].group()) > 3 and rest.count("new") + rest.count("name") + rest.count("maybe") >= 2:
                yield _redaction(words[n], words[-1], "STREET_ADDRESS", 0.6)
            return


def _redaction(first: re.Match[str], last: re.Match[str], entity: str, score: float) -> Redaction:
    return Redaction(start=first.start(), end=last.end(), entity=entity, score=score)
