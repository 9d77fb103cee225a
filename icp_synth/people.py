"""The persons of one source: names that its structure gives away, and every mention of them in its text. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from icp_synth.evidence import FUNCTION_WORDS

_NAME = r"[^\W\d_][\w'’-]+"
_FULL = rf"{_NAME}(?:[ \t]+(?:[^\W\d_]\.|{_NAME})){{0,2}}"
_FOUND = rf"[ \t]+(?P<name>{_FULL})"
_GREETING = r"hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening)"
_CLOSING = r"(?:best|(?:kind|best|warm) (?:regards|wishes)|regards|cheers|(?:many )?thanks|thank you|thx|sincerely|warmly|yours)"
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Prof|MR|MRS|MS|DR|Se[ñn]ora?|Herr|Frau|Madame|Monsieur)"
_CHIEF = r"ceo|cto|cfo|coo|cio|ciso|cmo|cro|cpo|vp|chief \w+ officer|(?:\w+ )?(?:director|manager)|boss|(?:co-)?founder|colleague"
_JOB = (
    rf"{_CHIEF}|head|owner|(?:\w+ )?lead|assistant|admin|architect|analyst|controller|developer|engineer|champion|rep"
)
_SPEAKS = r"(?:calling|speaking|here|again|from [A-Z]\w+)\b"
_CALLED = r"\b(?:guy|man|woman|lady|person|someone|somebody|colleague|rep|consultant|contractor)[ \t]+(?:named|called)"
# Where a text's own structure says that a name follows. Group "name"; capitals are checked in code.
_CUES = [
    re.compile(rf"(?i:\bmy (?:full )?name(?:['’]s| is)|\bname:){_FOUND}"),
    re.compile(rf"(?i:\bi am|\bi['’]m){_FOUND}(?=[ \t]*(?:[,.!–-]|$|(?:at|with|and)\b|{_SPEAKS}))", re.M),
    re.compile(
        rf"(?i:\b(?:{_GREETING})[,!.]?[ \t]+this is){_FOUND}|(?i:\bthis is)[ \t]+(?P<other>{_FULL})(?=[ \t]+{_SPEAKS})"
    ),
    re.compile(rf"(?im:^[ \t>]*(?:{_GREETING})){_FOUND}[ \t]*(?:[,!.:–-]|$)", re.M),
    re.compile(rf"(?i:\b(?:hi|hey|hello|thanks(?: again)?|thank you|thx|cheers|welcome|bye)),?{_FOUND}"),
    re.compile(rf"(?im:^[ \t>]*{_CLOSING})[,.!]?\s*\n[ \t>]*[-–—~]?[ \t]*(?P<name>{_FULL})[ \t]*$", re.M),
    re.compile(rf"(?im:(?:^|[.!?])[ \t>]*{_CLOSING}),{_FOUND}[ \t]*$", re.M),
    re.compile(
        rf"(?m:^|[.!?,][ \t]+)(?P<name>{_FULL})(?i:[ \t]+(?:here|speaking)(?=[ \t]*(?:[,.!–-]|$|from\b)))", re.M
    ),
    re.compile(rf"\b{_TITLE}\.?\s+(?P<name>{_FULL})"),
    re.compile(rf"(?i:\b(?:our|my|their|his|her|the)[ \t]+(?:{_CHIEF})),?{_FOUND}"),
    re.compile(
        rf"(?P<name>{_FULL}),[ \t]+(?i:(?:our|my|their|the)[ \t]+(?:{_JOB})\b(?:[ \t]+(?:of|for|at|in)[ \t][\w &]+?)?[,.;)])"
    ),
    re.compile(rf"(?i:{_CALLED}){_FOUND}"),
]
_GROUP_FOLLOWS = re.compile(r"[ \t]+(?:team|support|folks|crew|people|community|staff|sales)\b", re.I)
_NO_NAME = frozenset(
    """account actually afraid again agile also april august available based basically both ceo cfo chief cio ciso cmo
    colleagues coo cool cpo cro cto curious currently customer customers day december director eventually everybody
    everyone excited february finally finance folks french fri friday friends fun german glad going good great guys
    happy having head hello here hey hi historically honestly however initially interested internally january july
    just later legal like looking lots luckily madam management manager march marketing meanwhile mon monday more
    morning most much new next nobody november obviously october ok okay once operations originally our out part
    people procurement product quite really recently responsible right sadly sales sat saturday security senior
    september sir so somebody someone sometimes sorry still sunday super support sure team then there thu thur
    thursday today tomorrow trying tue tues tuesday typically unfortunately us using usually valued vendor vp wed
    wednesday week well working yeah year yes yesterday""".split()
)
MONTHS = frozenset("jan january april may june august".split())
# Names that are also everyday words: alone they are removed only with a capital, and where a sentence starts only if
# what follows is a person's.
ALSO_WORDS = MONTHS | frozenset(
    """ace amber angel art ash autumn basil bill bishop blaze bliss bob brandy brook brooks buck bud cam carol cash cat
    chance chase chip christian clay cliff cole colt cook cooper crystal daisy dale dawn dean destiny dev don dot
    drew duke earl faith fern field fields flora frank gale gene ginger glen grace grant gray green guy hal harmony
    harper hart hazel heath hill holly hope hunter ida iris ivy jack jade jay jean jet jewel job joy kim king kit
    lance lane laurel lee lily little long lot love mac mark marshal mason mat max mercy miles mill miller min misty
    ned net noble norm olive page parker pat patience pearl peg penny pierce pip poppy price prince rain ram ray red
    reed rex rich river rob robin rock rod rose rowan ruby rusty sage sal sandy savannah sing skip sky smith son
    song star sterling stone storm sue summer sun sunny tad taylor terry trace van vic victor violet wade walker
    ward west white will willow win wing wolf wood woods young""".split()
)
_NEVER_ALONE = (FUNCTION_WORDS | _NO_NAME) - ALSO_WORDS
_PERSON_FOLLOWS = re.compile(
    r"['’]s\b|\s*[,:!]|\s+(?:said|says|asked|told|mentioned|noted|thinks|thought|wants|wanted|wrote|joined|agreed|agrees|"
    r"and i\b|left\b|called|rang|replied|explained|added|showed)\b",
    re.I,
)
_CALENDAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|of|last|next|this|every|from|to|during|early|late|mid|\d+(?:st|nd|rd|th)?)[ -]$", re.I
)
_SPELLED_OUT = 6  # letters that a name must have for its misspellings to be looked for
_INSIDE = re.compile(r"(?<=[^\W\d_][ ,])[ ]?(?P<word>[A-Z\u00c0-\u00de][^\W\d_A-Z]{4,})\b")
_COMMON_PARTS = frozenset(
    """de del der den di da la le van von bin al el st mc jr sr ii iii md phd mr mrs ms dr prof
    sir señor señora herr frau madame monsieur""".split()
)


def cued_names(text: str) -> Iterable[tuple[int, int]]:
    """Spans of the names that greetings, sign-offs, introductions and titles give away."""
    for cue in _CUES:
        at = 0
        while match := cue.search(text, at):
            group = "name" if match["name"] else "other"
            at = match.start(group) + 1  # a name may swallow the next cue: "Hi Ann Hi Bo"
            start, kept = match.start(group), 0
            for word in re.finditer(_NAME, match[group]):
                if not word.group()[0].isupper() or word.group().lower() in _NEVER_ALONE:
                    break
                kept = word.end()
            if kept and not _GROUP_FOLLOWS.match(text, start + kept):
                yield start, start + kept


class People:
    """Persons of one source. Two names are one person where they share a word and do not contradict each other.

    `keep` are names of companies and products: they stay wherever they stand whole, and where they are a single word
    that also ends a person's name (Gerald Stone of Stone), that word alone stays too.
    """

    def __init__(self, keep: Iterable[str]) -> None:
        self._parts: list[set[str]] = []
        self._kept_names = frozenset(" ".join(name.lower().split()) for name in keep) - {""}
        self._kept = _any_of(self._kept_names)
        self._phrases = _any_of(name for name in self._kept_names if " " in name)

    def add(self, name: str) -> int | None:
        """Number of this person (from 0), or None where nothing of the name identifies anybody."""
        parts = _parts_of(name)
        if not parts or parts <= self._kept_names | _NEVER_ALONE or " ".join(name.lower().split()) in self._kept_names:
            return None
        for index, known in enumerate(self._parts):
            if parts <= known or known <= parts:
                known |= parts
                return index
        self._parts.append(parts)
        return len(self._parts) - 1

    def add_found(self, text: str, start: int, end: int, name: str) -> int | None:
        """Add what a detector took for a person, ``text[start:end]`` folded to `name`; returns its number.

        None where it is or begins with a company or product that is kept.
        """
        near = self._kept.finditer(text, max(0, start - 100), end + 100)
        return None if any(kept.start() <= start < kept.end() for kept in near) else self.add(name)

    def add_misspelt(self, text: str) -> None:
        """Learn the spellings of `text` that are one letter off a name: `Featherstonehaugh`.

        Only words with a capital inside a sentence that never stand without it count, of six letters or more, with the
        name's first letter: `Parked` is not Parker. Deleting one letter from both sides finds neighbours without
        comparing all pairs (symmetric deletion, as in SymSpell).
        """
        near: dict[str, set[tuple[int, str]]] = {}
        for index, parts in enumerate(self._parts):
            for part in parts:
                if len(part) >= _SPELLED_OUT and part.isalpha():
                    for shorter in _shortened(part):
                        near.setdefault(shorter, set()).add((index, part))
        if not near:
            return
        small = set(re.findall(r"\b[^\W\d_A-Z]{5,}\b", text))
        for word in {match["word"].lower() for match in _INSIDE.finditer(text)}:
            if word in small or word in _NEVER_ALONE or word in self._kept_names:
                continue
            for index, part in {one for shorter in _shortened(word) for one in near.get(shorter, ())}:
                if word[0] == part[0] and word not in self._parts[index] and _one_off(word, part):
                    self._parts[index].add(word)

    def mentions(self, text: str) -> list[tuple[int, int, int]]:
        """Every mention in `text`: (start, end, person), in order, not overlapping."""
        owners: dict[str, set[int]] = {}
        for index, parts in enumerate(self._parts):
            for part in (*parts, *_run_together(parts)):
                owners.setdefault(part, set()).add(index)
        if not owners:
            return []
        words = "|".join(sorted((_spelled(word) for word in owners), key=lambda w: (-len(w), w)))
        one = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_]|['’](?!s\b)\w)", re.I)
        kept = [match.span() for match in self._phrases.finditer(text)]
        tokens = [m for m in one.finditer(text) if not any(s <= m.start() and m.end() <= e for s, e in kept)]
        found = []
        for group in _groups(text, tokens, owners):
            group = _without_weak(group)
            if not group:
                continue
            distinct = {_plain(token.group()) for token in group}
            if len(distinct) > 1 or self._stands_as_name(text, group[0]):
                who = min(set.intersection(*(owners[_plain(token.group())] for token in group)))
                found.append((group[0].start(), _with_initial(text, group[-1].end()), who))
        return found

    def _stands_as_name(self, text: str, token: re.Match[str]) -> bool:
        word, start = token.group(), token.start()
        lower = _plain(word)
        if lower in self._kept_names or lower in _NEVER_ALONE:
            return False
        if lower not in ALSO_WORDS:
            return word[0].isupper() or len(lower) >= 3
        before = text[max(0, start - 12) : start]
        if not word[0].isupper() or (lower in MONTHS and _CALENDAR_BEFORE.search(before)):
            return False
        starts = not before.strip() or before.rstrip()[-1:] in '.!?:"“' or "\n" in before[len(before.rstrip()) :]
        return not starts or bool(_PERSON_FOLLOWS.match(text, token.end()))


def _shortened(word: str) -> set[str]:
    """The word, and all that are left when one letter is taken from it."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}


def _one_off(one: str, two: str) -> bool:
    """Whether one letter more, less or another, or two letters swapped, makes one word the other."""
    if abs(len(one) - len(two)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    one, two = one[start:], two[start:]
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or (one[:2] == two[1::-1] and one[2:] == two[2:])


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of these names, whole; matches nothing where there are none."""
    spelled = (r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=lambda n: (-len(n), n)))
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelled) or '(?!)'})(?!\w)", re.I)


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _spelled(word: str) -> str:
    return re.escape(word).replace("'", "['’]")


def _parts_of(name: str) -> set[str]:
    """The words of a name that identify somebody, lower-cased, also without accents and parted at hyphens."""
    words = {re.sub(r"'s?$", "", _plain(word)) for word in re.findall(r"[^\W\d_][\w'’-]*", name)}
    words |= {piece for word in words if "-" in word for piece in word.split("-") if len(piece) > 2}
    words |= {"".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) for word in words}
    return {word for word in words if len(word) > 1 and word not in _COMMON_PARTS}


def _run_together(parts: set[str]) -> Iterable[str]:
    """`danafox`, as in file names and handles."""
    for one in parts:
        for two in parts - {one}:
            if len(one) > 2 and len(two) > 2 and "-" not in one + two:
                yield one + two


def _groups(text: str, tokens: Sequence[re.Match[str]], owners: dict[str, set[int]]) -> Iterable[list[re.Match[str]]]:
    """Neighbouring words of one person: nothing but a space, a line break, `.`, `_`, `-` or an initial between them."""
    group: list[re.Match[str]] = []
    for token in tokens:
        if group:
            between = text[group[-1].end() : token.start()]
            joined = re.fullmatch(r"[ \t]{1,2}|[ \t]*\n[ \t]*|[._-]|[ \t](?:[A-Z]\.?[ \t])", between)
            shared = set.intersection(*(owners[_plain(t.group())] for t in (*group, token)))
            repeated = _plain(token.group()) in {_plain(t.group()) for t in group}
            if joined and shared and not repeated:
                group.append(token)
                continue
            yield group
        group = [token]
    if group:
        yield group


def _without_weak(group: list[re.Match[str]]) -> list[re.Match[str]]:
    """A group less the everyday words at its ends that are written small beside capitals: `Minh do` in `did Minh do it`."""

    def weak(token: re.Match[str]) -> bool:
        lower = _plain(token.group())
        return token.group()[0].islower() and (lower in ALSO_WORDS or lower in _NEVER_ALONE)

    if any(token.group()[0].isupper() for token in group):
        while group and weak(group[-1]):
            group = group[:-1]
        while group and weak(group[0]):
            group = group[1:]
    return group


def _with_initial(text: str, end: int) -> int:
    """The end of a name with an initial behind it: `Dana F.`"""
    initial = re.match(r"[ \t][A-Z]\.(?=\W|$)", text[end : end + 5])
    return end + initial.end() if initial else end
