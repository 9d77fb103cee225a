"""Whether words that look like a person's name are one. Pure: the lists come in as arguments.

A statistical tagger calls many products and headings persons, and products are evidence that must be kept. A span is
believed where one of its words is a known name and nothing around it says that it is a thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from icp_synth.evidence import FUNCTION_WORDS
from icp_synth.records import Record

# Words that stand right after a product and not after a person, and words that end a job title.
_THING_AFTER = re.compile(
    r"\s+(?:ui|api|apis|sdk|cli|pipelines?|servers?|services?|platforms?|plugins?|clusters?|instances?|cloud|"
    r"enterprise|labs?|inc|llc|ltd|gmbh|corp|models?|jobs?|builds?|setup|integrations?|dashboards?|exports?|data|"
    r"licen[cs]es?|contract|documentation|docs|community|project|app|software|tool|module|sheet|reports?|investments?|"
    r"foundation|channel|hospital|orchestra|bank|airlines?|group|capital|partners|ventures|solutions|systems|"
    r"technolog(?:y|ies)|consulting|insurance|university|school|street|airport|awards?|industries|resources|motors|foods|energy|media|"
    r"records|studios?|pictures|holdings|associates|logistics|pharma|ministry|institute|council|museum|blog|show|movie|film|"
    r"album|song|trailer|game|series|season|episode|soundtrack|"
    r"(?:&|and) (?:sons?|co|company|partners|brothers|bros)|bros)\b",
    re.I,
)
_THING_BEFORE = re.compile(
    r"\b(?:using|use|used|uses|migrat\w+ (?:from|to|off)|mov\w+ (?:from|to|off)|switch\w+ (?:from|to)|replac\w+|"
    r"users? of|built on|runs? on|running on|powered by|deploy\w+|install\w+|integrat\w+ with|such as|e\.g\.,?|cho(?:se|ose|osing|sen)|pick(?:ed)?|bought|buy|prefer(?:red)?|evaluat\w+|tri(?:ed|al(?:l?ed)?)|adopt\w+|instead of|vendors?|competitors?|alternatives?)\s+$",
    re.I,
)
# Companies that bear persons' names and are often named beside others.
_BORNE = re.compile(
    r"\b(?:j\.?p\.? ?morgan|morgan stanley|goldman sachs|wells fargo|charles schwab|johnson controls|eli lilly|john deere|"
    r"walt disney|berkshire hathaway|ernst & young|(?:johnson|procter|marks) (?:&|and) (?:johnson|gamble|spencer)|"
    r"thomson reuters|forrester (?:wave|research)|robert half|edward jones|fannie mae|freddie mac)\b",
    re.I,
)
_NOT_A_NAME = re.compile(
    r"^(?:per|via|with|from|by|and|met|cc|attn|interview|attendees?|adopters?|maintainers?|organi[sz]ation|intro|governance|community|overview|"
    r"background|meeting|record|notes?|project|head|lead|director|manager|engineer\w*|officer|team|customer|client|"
    r"subject|date|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|hi|hello|hey|thanks|thank|dear|best|regards|re|fw|fwd|tbd|q[1-4]|nps|crm|ok|okay|yeah|yes)$",
    re.I,
)
_AGREED = 0.5  # chance from which the second tagger is of the same mind
_POSSESSIVE = re.compile(r"['’]s?$")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_WORD_IN_LINE = re.compile(r"(?<![\w@/.-])[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*(?![\w@/])")
# What is said of persons and hardly of things.
_OF_SOMEBODY = re.compile(
    r"\b(?:he|she|him|his|her|hers|himself|herself|mom|dad|mum|guy|girl|bro|dude|love|loves|cute|birthday|family)\b",
    re.I,
)
_PARTICLES = frozenset("van von de der den di da del la le dos bin al".split())
_LIVES = re.compile(r"\s+(?:lives|lived|resides|was born)\b", re.I)
_SMALL_PAIR = re.compile(
    r"(?<![\w@/.#-])(?P<first>[a-zà-ÿ]{3,})(?:(?P<gap>[ \t])(?P<second>[a-zà-ÿ]{2,})(?![\w@/.-]\w))?(?![\w@/])"
)
_LETTERS = re.compile(r"(?<![\w@/.-])[^\W\d_]{2,}(?:['’-](?!s\b)[^\W\d_]+)*(?![\w@/])")
_LONE_LETTER = re.compile(r"(?<=[a-z] )[b-hj-z](?=\.? [A-Z])")
_UPPER = "A-Z" + "".join(chr(c) for c in range(0xC0, 0x530) if chr(c).isupper())
_LOWER = "a-z" + "".join(chr(c) for c in range(0xC0, 0x530) if chr(c).islower())
_CAPITALISED = re.compile(
    rf"(?<![\w@/.-])(?:(?:Mc|Mac|Le|De|Di|Van|O['’])(?=[{_UPPER}]))?[{_UPPER}][{_LOWER}]+(?:['’-][{_UPPER}]?[{_LOWER}]+)*(?![\w@/])"
)
_LISTING = re.compile(rf"[{_UPPER}]\w+(?:(?:, (?:and |or )?| and | or | & | vs\.? |/)[{_UPPER}]\w+)+")
_EDITION = re.compile(r"\s+(?:[A-Z]{2,}\s+)?(?:19|20)\d\d\b")
_CAPITAL_BEFORE = re.compile(rf"(?<![\w@/.-])(?P<name>[{_UPPER}][{_LOWER}]+)[ ]\Z")
_INITIALED = re.compile(
    rf"(?<![\w@/.-])(?P<first>[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?)[ \t]+(?:[{_UPPER}]\.?[ \t]+){{1,2}}"
    rf"(?P<last>(?:(?:van|von|de|der|den|di|da|del|la|le|dos)[ \t]+){{0,2}}(?:Mc|Mac|Le|De)?[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?)(?![\w@/])"
)
_REVERSED = re.compile(
    rf"(?<![\w@/.-])(?P<last>[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?), (?P<first>[{_UPPER}][{_LOWER}]+)(?![\w@/])"
    r"(?=[ \t]*(?:$|[(;|]|(?:was|is|has|had|will)\b))",
    re.M,
)
_PARTICLED = re.compile(
    rf"(?<![\w@/.-])(?P<first>[{_UPPER}][{_LOWER}]+)[ \t]+(?:(?:van|von|de|der|den|di|da|del|dos|bin|ibn|al)[ \t]+){{1,2}}"
    rf"(?P<last>[{_UPPER}][{_LOWER}]+)(?![\w@/])"
)
# Words that a name follows: titles, kin, greetings, and verbs whose object is a person.
_CUE_BEFORE = re.compile(
    r"(?:\b(?:(?-i:Mr|Mrs|Ms|Dr|Prof|MR|MRS|MS|DR)\.?|miss|sir|madam|lady|lord|professor|president|senator|governor|mayor|minister|"
    r"judge|justice|captain|coach|colonel|general|sergeant|king|queen|prince|princess|pope|uncle|aunt|auntie|cousin|brother|"
    r"sister|son|daughter|wife|husband|mother|father|mom|mum|dad|friend|neighbou?r|colleague|boss|roommate|actor|actress|singer|"
    r"author|hi|hello|hey|dear|thanks|thank you|cheers|welcome|goodbye|bye|congratulations|happy birthday|bless|poor|i['’]?m|"
    r"i am|this is|(?:name|names) (?:is|was)|named|called|nicknamed|ask(?:ed)?|tell|told|met|married|thank(?:ed)?|hug(?:ged)?|"
    r"kiss(?:ed)?|invited?|interviewed?|miss(?:ed)?|love|cc|attn|starring|feat\.?|by|"
    r"(?:speak|spoke|spoken|talk(?:ed|ing)?|chat(?:ted|ting)?|meeting|met|meet|call|follow(?:ing|ed)? up) (?:to|with))\s+|@\s*)$",
    re.I,
)
# Words that a name stands before: verbs whose subject is a person, and what belongs to persons.
_CUE_AFTER = re.compile(
    r"^(?:\s+(?:said|says|asks|asked|tells|told|thinks|thought|knows|knew|wants|wanted|writes|wrote|lives|lived|works|worked|"
    r"born|died|sings|sang|married|loves|loved|likes|hates|hated|explained|added|mentioned|noted|joined|left|replied|agreed|"
    r"signed|went|came|spoke|smiled|laughed|cried|called|resigned|retired|believes|admitted|insisted|himself|herself|family|"
    r"jr|sr|here|speaking|and i)\b|['’]s (?:mother|father|wife|husband|son|daughter|friends?|boss|team|family|place)\b|"
    r" \((?:ceo|cto|cfo|coo|cio|ciso|cmo|vp|head of|director|founder|co-founder|owner|he|she|they)\b)",
    re.I,
)
# What stands before places and things more than before persons.
_OUTSIDE = re.compile(r"\b(?:the|an?|in|at|on|near|via|into|inside)\s+$", re.I)


_LABEL = re.compile(rf"^(?P<name>[{_UPPER}][{_LOWER}]+): ", re.M)
CHAT_WORDS = frozenset(
    """afaik asap atm awsome aww byee byeee helo hell hellow hola thnaks thanx thankss thnak mrng evng gud brb btw bye cuz dm dunno fb fwiw gonna gotta haha hahaha hai hehe hey heya hii hiii hmm hmmm idk ikr imho
    imo irl jk kinda lmao lmk lol loll lools mom nah nope okay okey omg omw oops ouch pls plz ppl rofl smh soo sooo sorta tbh tgif thats
    thankyou thnks thx tmr tnx tysm ugh umm wanna wassup whats wtf xmas xoxo yall yay yea yeah yep youre yup""".split()
)


class KnownNames(Record):
    """Known names and words, lower-cased. `sure` are first names that are hardly anything else, `likely` are
    names that a dictionary has too but hardly anybody writes as words.
    """

    first: frozenset[str]
    last: frozenset[str]
    sure: frozenset[str]
    words: frozenset[str]
    likely: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


def tagged_persons(
    text: str, spans: Sequence[tuple[int, int]], known: KnownNames, second: Sequence[tuple[int, int, float]] = ()
) -> list[tuple[int, int]]:
    """The spans that a tagger took for persons, where they are believed: by what a `second` tagger says, or by the words.

    Without the second's vote a single word that no list knows needs the first's on half of its mentions: products are
    taken for persons here and there, persons nearly everywhere.
    """
    votes = Counter(text[start:end] for start, end in spans)
    found = []
    for start, end in spans:
        name = text[start:end]
        agreed = any(chance >= _AGREED and start < b and a < end for a, b, chance in second)
        seldom = " " not in name and name.lower() not in known.sure and text.count(name) > 2 * votes[name]
        if seldom and not agreed:
            continue
        for first, last in _lines(text, start, end):
            span = plausible_person(text, first, last, known, agreed=agreed)
            if span:
                found.append(span)
    return found


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a span that stand on lines of their own."""
    for match in re.compile(r"[^\n]+").finditer(text, start, end):
        yield match.span()


def plausible_person(
    text: str, start: int, end: int, known: KnownNames, *, agreed: bool = False
) -> tuple[int, int] | None:
    """The part of ``text[start:end]`` that is a person's name, or None.

    Words that can't belong to a name are cut off both ends. A single word needs more than two do: to be a name and hardly
    anything else, a context that is a person's, or that two taggers `agreed`.
    """
    words = list(_WORD.finditer(text, start, end))
    while words and (
        _NOT_A_NAME.match(words[0].group())
        or (
            words[0].group().islower()
            and not _small_name(words[0].group(), known)
            and not (len(words) > 1 and words[0].group() in _PARTICLES)
        )
    ):
        words.pop(0)
    while words and _NOT_A_NAME.match(words[-1].group()):
        words.pop()
    if not words or len(words) > 5:
        return None
    if any(_NOT_A_NAME.match(word.group()) or _THING_AFTER.match(f" {word.group()}") for word in words):
        return None
    if is_thing(text, words[0].start(), words[-1].end()):
        return None
    first, last = words[0].start(), _to_the_end(text, words[-1].end(), known)
    if len(words) > 1 and _EDITION.match(text, words[-1].end()):  # "Jo Fox Summit EU 2025": an event's name
        last = words[-2].end()
    first = _to_the_start(text, first, known) if len(words) > 1 else first
    if is_thing(text, first, last):
        return None
    stems = [part for word in words for part in _stem(word.group()).split("-") if part]
    if not stems:
        return None
    one = len(words) == 1
    if agreed and not one and any(s not in known.words or s in known.first or s in known.last for s in stems):
        return first, last
    if not one:
        named = stems[0] in known.first or any(
            (s in known.first or s in known.last) and s not in known.words for s in stems
        )
        plain = all(_CAPITALISED.fullmatch(_POSSESSIVE.sub("", word.group())) for word in words)
        no_words = plain and not any(stem in known.words for stem in stems)
        return (first, last) if named or no_words or _person_context(text, first, last) else None
    if stems[0] in known.sure or _person_context(text, first, last):
        return first, last
    if not _CAPITALISED.fullmatch(_POSSESSIVE.sub("", words[0].group())) or stems[0] in known.places:
        return None
    if _OUTSIDE.search(text, max(0, first - 12), first):
        return None
    if _among_things(text, first, known):
        return None
    if agreed and stems[0] not in known.words:
        return first, last
    listed = stems[0] in known.last and (stems[0] in known.first or stems[0] not in known.words)
    near = text[max(0, first - 60) : first].rsplit("\n", 1)[-1] + text[last : last + 60].split("\n", 1)[0]
    unknown = stems[0] not in known.words and bool(_OF_SOMEBODY.search(near))
    return (first, last) if listed or unknown else None


def _stem(word: str) -> str:
    return _POSSESSIVE.sub("", word).lower().strip(".")


def _among_things(text: str, at: int, known: KnownNames) -> bool:
    """Whether the word at `at` is listed beside capitalised words that are in no list and no dictionary: products, firms."""
    line = text.rfind("\n", 0, at) + 1
    for listing in _LISTING.finditer(text, max(line, at - 120), at + 120):
        if listing.start() <= at < listing.end():
            others = [m for m in re.finditer(r"[^\W\d_]\w*", listing.group()) if listing.start() + m.start() != at]
            return any(
                m.group()[0].isupper()
                and not any(m.group().lower() in names for names in (known.first, known.last, known.words))
                for m in others
            )
    return False


def _small_name(word: str, known: KnownNames) -> bool:
    lower = re.sub(r"['’]s?$", "", word)
    return lower in known.sure or (lower in known.first and lower not in known.words)


def listed_persons(text: str, known: KnownNames) -> list[tuple[int, int]]:
    """Persons that the lists alone tell: a capitalised first name that is no word, with the last name behind it.

    A first name that is also a word (Mark, Grace) counts only before a known last name that is none.
    """
    found: list[tuple[int, int]] = []
    words = [
        word for word in _LETTERS.finditer(text) if word.group()[0].isupper() and _CAPITALISED.fullmatch(word.group())
    ]
    for at, word in enumerate(words):
        first = word.group().lower()
        follows = words[at + 1] if at + 1 < len(words) and words[at + 1].start() - word.end() == 1 else None
        surname = follows.group().lower() if follows else ""
        if "\n" in text[word.end() : word.end() + 1] and (surname in known.words or surname not in known.last):
            follows, surname = None, ""
        named = (
            bool(surname) and (surname not in known.words or surname in known.last) and not _NOT_A_NAME.match(surname)
        )
        end = _to_the_end(text, follows.end(), known) if follows and named else word.end()
        rare = named and surname not in known.words
        sure = first in known.sure or (
            rare and first in known.first and (surname in known.last or first not in known.words)
        )
        sure = sure or (bool(_LIVES.match(text, word.end())) and (first in known.first or first not in known.words))
        if not sure or _NOT_A_NAME.match(first):
            continue
        alone = end == word.end()
        if is_thing(text, word.start(), end) or (
            alone and _OUTSIDE.search(text, max(0, word.start() - 12), word.start())
        ):
            continue
        found.append((word.start(), end))
    labels = [
        match
        for match in _LABEL.finditer(text)
        if match["name"].lower() in known.first
        or not (match["name"].lower() in known.words or match["name"].lower() in known.places)
    ]
    if len({match["name"] for match in labels}) > 1:
        found.extend(match.span("name") for match in labels if not _NOT_A_NAME.match(match["name"]))
    for match in _REVERSED.finditer(text):
        one, other = match["first"].lower(), match["last"].lower()
        if one in known.first and not any(n in known.words or n in known.places for n in (one, other)):
            found.append(match.span())
    for shape in (_INITIALED, _PARTICLED):
        for match in shape.finditer(text):
            names = (match["first"].lower(), match["last"].lower().split()[-1])
            if any(n in known.first or n in known.last or n not in known.words for n in names) and not any(
                map(_NOT_A_NAME.match, names)
            ):
                found.append(match.span())
    return found


def is_thing(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name says that it is a product's or a company's."""
    before = text[max(0, start - 30) : start]
    firms = _BORNE.finditer(text, max(0, start - 20), end + 20)
    inside = any(firm.start() <= start and end <= firm.end() for firm in firms)
    return inside or bool(_THING_AFTER.match(text, end)) or bool(_THING_BEFORE.search(before))


def with_capitals(text: str, known: KnownNames) -> str:
    """The text with capitals on words that may be names, in lines that have none or nothing else. Same length.

    What is typed in lower case or comes from a recogniser of speech has no capitals, and taggers live on them. Words of
    the dictionary stay small unless they are first names with a word behind them that is none.
    """
    return "".join(_line_with_capitals(line, known) for line in text.splitlines(keepends=True))


def _line_with_capitals(line: str, known: KnownNames) -> str:
    if "http" in line:
        return line
    if line.islower() or (line.isupper() and len(line) > 12):
        cased = _WORD_IN_LINE.sub(lambda match: _capital(match, known), line.lower())
        cased = _LONE_LETTER.sub(lambda match: match.group().upper(), cased)
    else:
        cased = _SMALL_PAIR.sub(lambda match: _small_pair(match, known), line)
    return cased if len(cased) == len(line) else line


def _small_pair(match: re.Match[str], known: KnownNames) -> str:
    """A first name written small, and the surname behind it, with capitals: `justin bieber`."""
    first, gap, second = match["first"], match["gap"] or "", match["second"] or ""
    if first not in known.sure:
        return match.group()
    surname = second and second not in known.words and second not in FUNCTION_WORDS | CHAT_WORDS
    return first.capitalize() + gap + (second.capitalize() if surname else second)


def _capital(match: re.Match[str], known: KnownNames) -> str:
    word = match.group()
    bare = re.sub(r"['’]s?$", "", word)
    if bare in known.sure or (bare not in known.words and len(bare) > 2 and bare not in FUNCTION_WORDS | CHAT_WORDS):
        return word[0].upper() + word[1:]
    return word


def _person_context(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 25) : start].rsplit("\n", 1)[-1]
    return bool(_CUE_AFTER.match(text[end : end + 25])) or bool(before.strip() and _CUE_BEFORE.search(before))


def _to_the_end(text: str, end: int, known: KnownNames) -> int:
    """Where a name ends that goes on with further capitalised words which are no words: a tagger often stops short."""
    for _ in range(2):
        match = _CAPITALISED.match(text, end + 1) if text[end : end + 1] == " " else None
        if not match or match.group().lower() in known.words or _NOT_A_NAME.match(match.group()):
            break
        end = match.end()
    return end


def _to_the_start(text: str, start: int, known: KnownNames) -> int:
    """Where a name begins of which a tagger found the end only: further capitalised words before it that are no words."""
    for _ in range(2):
        match = _CAPITAL_BEFORE.search(text, max(0, start - 30), start)
        if not match or match["name"].lower() in known.words or _NOT_A_NAME.match(match["name"]):
            break
        start = match.start("name")
    return start


def person_in_label(text: str, known: KnownNames) -> list[tuple[int, int]]:
    """Persons in a file name or a title: a known first name with a known last name right behind it."""
    words = list(re.finditer(r"[^\W\d_]+", text))
    return [
        (one.start(), two.end())
        for one, two in zip(words, words[1:], strict=False)
        if two.start() - one.end() == 1
        and one.group().lower() in known.first
        and two.group().lower() in known.last
        and not _NOT_A_NAME.match(one.group())
        and not _NOT_A_NAME.match(two.group())
    ]
