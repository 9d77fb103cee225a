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
_CLOSING = r"(?:best|(?:kind|best|warm) (?:regards|wishes)|regards|cheers|thanks|many thanks|thank you|thx|sincerely|warmly|yours)"
_CHIEF = r"ceo|cto|cfo|coo|cio|ciso|cmo|cro|cpo|vp|chief \w+ officer|(?:\w+ )?(?:director|manager)|boss|founder|co-founder|colleague"
_JOB = rf"{_CHIEF}|head of|owner|(?:\w+ )?lead|assistant|admin|architect|analyst|controller|developer|engineer|champion"
_SPEAKS = r"(?:from|at|with|here|calling|speaking|again)\b"
_CALLED = r"\b(?:guy|man|woman|lady|person|someone|somebody|colleague|rep|consultant|contractor)[ \t]+(?:named|called)"
# Where a text's own structure says that a name follows. Group "name"; capitals are checked in code.
_CUES = [
    re.compile(rf"(?i:\bmy (?:full )?name(?:['’]s| is)|\bname:){_FOUND}"),
    re.compile(rf"(?i:\bi am|\bi['’]m|\bthis is){_FOUND}(?=[ \t]*(?:[,.!–-]|$|{_SPEAKS}))", re.M),
    re.compile(rf"(?im:^[ \t>]*(?:{_GREETING})){_FOUND}[ \t]*(?:[,!.:–-]|$)", re.M),
    re.compile(rf"(?i:\b(?:hi|hey|hello|thanks(?: again)?|thank you|thx|cheers|welcome|bye)),?{_FOUND}"),
    re.compile(rf"(?im:^[ \t>]*{_CLOSING})[,.!]?\s*\n[ \t>]*[-–—~]?[ \t]*(?P<name>{_FULL})[ \t]*$", re.M),
    re.compile(rf"(?im:(?:^|[.!?])[ \t>]*{_CLOSING}),{_FOUND}[ \t]*$", re.M),
    re.compile(rf"(?m:^|[.!?,][ \t]+)(?P<name>{_FULL})(?i:[ \t]+here\b|[ \t]+speaking\b)"),
    re.compile(rf"(?i:\b(?:mr|mrs|ms|dr|prof|se[ñn]ora?|herr|frau|madame|monsieur)\.?)\s+(?P<name>{_FULL})"),
    re.compile(rf"(?i:\b(?:our|my|their|his|her|the)[ \t]+(?:{_CHIEF})),?{_FOUND}"),
    re.compile(rf"(?P<name>{_FULL}),[ \t]+(?i:(?:our|my|their|the)[ \t]+(?:{_JOB})\b)"),
    re.compile(rf"(?i:{_CALLED}){_FOUND}"),
]
_NO_NAME = frozenset(
    """account actually afraid again agile also april august available based both chief ceo cfo ciso cio cmo coo cpo cro cto
    cool curious currently customer customers day december director english european everybody everyone excited february
    finance folks french friday fun german glad going good great guys happy having head hello here hey hi interested
    january july just legal like looking lots manager march marketing monday morning much new november october ok okay
    operations out part procurement product quite really responsible right sales saturday security senior september
    sorry still sunday super support sure team there thursday today tomorrow trying tuesday us using vp wednesday
    week well working year yeah yes""".split()
)
_MONTHS = frozenset("jan january april may june august".split())
# Names that are also everyday words: alone they are removed only with a capital, and where a sentence starts only if
# what follows is a person's.
ALSO_WORDS = _MONTHS | frozenset(
    """ace amber angel art ash autumn basil bill bishop blaze bliss bob brandy brook brooks buck bud cam carol cash cat chance
    chase chip christian clay cliff cole colt cook cooper crystal dale daisy dawn dean destiny dev don dot drew duke earl
    faith fern field fields flora frank gale gene ginger glen grace grant gray green guy hal harmony harper hart hazel
    heath hill holly hope hunter ida iris ivy jack jade jay jean jet jewel job joy kim king kit lance lane laurel lee lily
    little lot long love mac mark marshal mason mat max mercy miles mill miller min misty ned net noble norm olive page
    parker pat patience pearl peg penny pierce pip poppy price prince rain ram ray red reed rex rich river rob robin rock
    rod rose rowan ruby rusty sage sal sandy savannah sing sky skip smith song son star sterling stone storm sue summer
    sun sunny tad taylor terry trace van vic victor violet wade walker ward west white will willow win wing wolf wood
    woods young""".split()
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
_COMMON_PARTS = frozenset("""de del der den di da la le van von bin al el st mc jr sr ii iii md phd""".split())


def cued_names(text: str) -> Iterable[tuple[int, int]]:
    """Spans of the names that greetings, sign-offs, introductions and titles give away."""
    for cue in _CUES:
        for match in cue.finditer(text):
            start = match.start("name")
            kept = 0
            for word in re.finditer(_NAME, match.group("name")):
                bare = word.group().lower()
                if not word.group()[0].isupper() or (bare in _NEVER_ALONE and bare not in ALSO_WORDS):
                    break
                kept = word.end()
            if kept:
                yield start, start + kept


class People:
    """Persons of one source. Two names are one person where they share a word and do not contradict each other.

    `keep` are names of companies and products: they stay wherever they stand whole, and where they are a single word
    that also ends a person's name (Gerald Stone of Stone), that word alone stays too.
    """

    def __init__(self, keep: Iterable[str]) -> None:
        self._parts: list[set[str]] = []
        names = [" ".join(name.lower().split()) for name in keep]
        self._kept_words = frozenset(name for name in names if " " not in name)
        whole = "|".join(
            r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True) if name
        )
        self._kept = re.compile(rf"(?<!\w)(?:{whole})(?!\w)", re.I) if whole else None

    def add(self, name: str) -> int | None:
        """Number of this person (from 0), or None where nothing of the name identifies anybody."""
        parts = _parts_of(name)
        if not parts or parts <= self._kept_words:
            return None
        for index, known in enumerate(self._parts):
            if parts <= known or known <= parts:
                known |= parts
                return index
        self._parts.append(parts)
        return len(self._parts) - 1

    def add_found(self, text: str, start: int, end: int, name: str) -> int | None:
        """Add what a detector took for a person, ``text[start:end]`` folded to `name`, unless it is a name that is kept. Returns its number."""
        kept = [match.span() for match in self._kept.finditer(text)] if self._kept else []
        if not any(first <= start < last or (first <= start and end <= last) for first, last in kept):
            return self.add(name)
        return None

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
        kept = [match.span() for match in self._kept.finditer(text)] if self._kept else []
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
        if lower in self._kept_words or lower in _NEVER_ALONE:
            return False
        if lower not in ALSO_WORDS:
            return word[0].isupper() or len(lower) >= 3
        before = text[max(0, start - 12) : start]
        if not word[0].isupper() or (lower in _MONTHS and _CALENDAR_BEFORE.search(before)):
            return False
        starts = not before.strip() or before.rstrip()[-1:] in '.!?:"“' or "\n" in before[len(before.rstrip()) :]
        return not starts or bool(_PERSON_FOLLOWS.match(text, token.end()))


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
    """`danafox` and `dfox`, as in file names and addresses."""
    for one in parts:
        for two in parts - {one}:
            if len(one) > 2 and len(two) > 2 and "-" not in one + two:
                yield one + two
                yield one[0] + two


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
