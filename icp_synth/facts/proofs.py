"""A proof: a figure with the words that say what it counts, and what it was before. A figure alone proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from icp_synth.facts.parts import NUMBER_WORD, Group, level, part, sentences
from icp_synth.records import FactName

_FIGURE = r"(?<![\w.,/:$£€-])(?:[$£€] ?\d[\d,]*(?:\.\d+)?(?: ?(?:k|m|bn|million|thousand|billion)\b)?|\d[\d,]*(?:\.\d+)?(?: ?(?:%|per ?cent\b|percent\b|k\b|bn\b|billion\b|million\b|thousand\b|hundred\b))?)(?![\w/]|[.,]\d|:\d|th\b|st\b|nd\b|rd\b)"
_NUM = rf"(?:{_FIGURE}|\b(?:{NUMBER_WORD}(?:[- ](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million))?(?: and a half)?|an?(?= (?:hour|day|week|minute|second|month|year)\b)|half an?(?= hour))\b)"
_SHARE = r"(?:a third|a quarter|(?:a )?half|two[- ]thirds|three[- ]quarters)"
_ABOUT = r"(?:(?:about|around|roughly|some|almost|nearly|over|under|more than|less than|up to|at least|just|only|an average of|on average|approximately|below|above) )*"
_TIME = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|quarters?|person-(?:days|months|years)|man-(?:days|months|years))"
_PER = r"(?:(?:a|an|per|each|every) (?:second|minute|hour|day|week|month|year|quarter|morning|night|shift|event|project|customer|order|person|team|user|site|job))"
_NOT_A_UNIT = (
    r"(?!(?:to|in|on|at|by|of|for|from|and|or|but|so|is|are|was|were|it|we|they|now|then|when|after|before|since|because|with|instead|rather|down|up|"
    r"compared|versus|vs|than|that|which|within|across|as|if|out|the|our|their|his|her|my|has|have|had|a|an|per|each|every|last|this|next|years? ago|i|you|all|over|under|between|during|through|without|against|among|until|about|maybe|roughly|who|what|not|no|times?|hundred|thousand|million|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"faster|slower|quicker|more|less|fewer)\b)"
)
_WORD = rf"{_NOT_A_UNIT}[a-z][\w'-]*"
_UNIT = rf"(?:(?:{_TIME}(?: and a half)?|{_WORD}(?: {_WORD})?)(?: {_PER})?|{_PER})"
_RAISED = r"(?:increas(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|improv(?:e|es|ed|ing)|boost(?:s|ed|ing)?|lift(?:s|ed|ing)?|grew|grow(?:s|n|ing)?|doubled|tripled|rose|went up|gone up|up)"
_CUT = r"(?:cut(?:s|ting)?|reduc(?:e|es|ed|ing)|lower(?:s|ed|ing)?|drop(?:s|ped|ping)?|fell|fall(?:s|en|ing)?|shrank|shrunk|shorten(?:s|ed|ing)?|halved|brought|slashed|decreas(?:e|es|ed|ing)|sank|went down|gone down|down)"
_CHANGED = rf"(?:{_RAISED}|{_CUT}|went|gone|go(?:es)?|moved|got|came down|is now|are now|changed)"
_COMPARED = r"(?:fewer|less|more|faster|lower|higher|cheaper|quicker|shorter|slower)"

_FROM_THE_START = r"(?:^\W*|[,;:]\s(?:and )?|\b(?:and|but|so|that|since|our|their|my|its) )(?:the |our |their |my )?"
_SUBJECT = r"(?!(?:it|they|we|he|she|you|i|that|this|these|our|the|which|who|and|but|so|yet|one|all|just)\b)[\w-]+(?: (?!(?:is|are|has|have|was|were|and|we|they|which|who)\b)[\w-]+){0,5}?"

_FROM_TO = re.compile(
    rf"(?:{_FROM_THE_START}(?P<subject>{_SUBJECT}) (?:has |have )?)?"
    rf"\b{_CHANGED}\b(?: (?:our |the |their |my )?(?P<thing>{_WORD}(?: {_WORD}){{0,3}}?))?[^.;]{{0,40}}?\bfrom {_ABOUT}(?P<base>(?P<was>{_NUM})(?: (?P<baseunit>{_UNIT}))?) (?:down |up )?to {_ABOUT}(?P<number>{_NUM})(?: (?P<unit>{_UNIT}))?",
    re.I,
)
_AGAINST = re.compile(
    rf"{_ABOUT}(?P<number>{_NUM}) (?P<unit>{_UNIT})(?: [\w' -]{{2,25}}?)?,? (?:(?:which is |that's |it's )?(?:down|up) from|instead of|rather than|compared (?:to|with)|as opposed to|(?:as )?against|where (?:it|they|that) (?:took|needed|used to (?:be|take)|was|were)|versus|vs\.?|where it was|not the) "
    rf"{_ABOUT}(?P<base>{_NUM}(?: {_UNIT})?)",
    re.I,
)
_USED_TO = re.compile(
    rf"\b(?:used to (?:take|spend|be|need|cost|have|do|get|wait)|took|was taking|before,? (?:it|we|that) (?:was|took|spent|had|needed))(?: (?:us|me|them|our team|people))? {_ABOUT}"
    rf"(?P<base>{_NUM} {_UNIT})[^.]{{0,60}}?\b(?:now|today|these days)\b(?:,)?(?: [\w']+){{0,3}}? {_ABOUT}(?P<number>{_NUM})(?: (?P<unit>{_UNIT}))?",
    re.I,
)
_RELATIVE = re.compile(
    rf"{_ABOUT}(?P<number>{_FIGURE}|{_SHARE}|{NUMBER_WORD} times|twice|\d+ ?x|double) (?P<unit>(?:as (?:many|much)|{_COMPARED})(?: (?:as )?(?!go\b|come\b|get\b|went\b|work\b){_WORD}){{1,2}}|faster|quicker|cheaper)\b",
    re.I,
)
# Without a baseline the unit says which way it went, too: “cut missed calls by”.
_BY = re.compile(
    rf"\b(?P<unit>(?:{_RAISED}|{_CUT}) (?:our |the |their |my |its )?{_WORD}(?: {_WORD}){{0,3}}? by) {_ABOUT}(?P<number>{_FIGURE}|{_SHARE})",
    re.I,
)
_MOVED_BY = re.compile(
    rf"{_FROM_THE_START}(?P<unit>{_SUBJECT} (?:(?:is|are|has|have|was|were) )?(?:now )?(?:{_RAISED}|{_CUT})(?: (?:by|to))?) {_ABOUT}(?P<number>{_FIGURE}|{_SHARE})",
    re.I,
)
_TIME_SAVED = re.compile(rf"(?P<number>{_NUM}) (?P<unit>{_TIME} saved(?: {_PER})?)", re.I)
_BEFORE_NOW = re.compile(
    rf"(?P<base>(?P<was>{_NUM})(?: (?P<baseunit>{_UNIT}))?) before,? (?:and )?(?P<number>{_NUM})(?: (?P<unit>{_UNIT}))?(?: \w+)? now\b",
    re.I,
)
_SAVED = re.compile(
    rf"(?<!hours )(?<!days )(?<!minutes )(?<!weeks )\b(?P<verb>sav(?:e|es|ed|ing))(?: (?:us|me|them|people|everyone|our \w+|the \w+|{_WORD}))? {_ABOUT}(?P<number>{_NUM}|several|half)(?: (?:of )?(?P<unit>{_UNIT}))?",
    re.I,
)
_RATE = re.compile(
    rf"(?P<number>{_FIGURE}|{NUMBER_WORD}(?: (?:hundred|thousand|million))) (?!{_TIME}\b|h\b|quid\b|euros?\b|pounds?\b|dollars?\b|bucks\b|grand\b)"
    rf"(?P<unit>{_WORD}(?: {_WORD})? {_PER})(?! (?:to|down to|before|until)\b)",
    re.I,
)
_ARROW = re.compile(
    rf"(?:(?P<thing>[a-z][\w'-]*(?: [a-z][\w'-]*){{0,3}}):? )?(?P<base>(?P<was>{_NUM})(?: (?P<baseunit>{_UNIT}))?) ?(?:->|→|=>) ?{_ABOUT}(?P<number>{_NUM})(?: (?P<unit>{_UNIT}))?",
    re.I,
)
_OF_ALL = re.compile(
    rf"(?P<number>\d[\d.,]* ?(?:%|percent\b|per cent\b)) (?P<unit>of (?:all |our |the |their )?(?:{_WORD})(?: {_WORD})?)",
    re.I,
)
_NOW_TAKES = re.compile(
    rf"\b(?:(?:now|only|just) (?:takes?|needs?)|(?:takes?|done|ready|finished|onboarding|live|up and running)(?: now| only)? (?:in|within|under)) (?:us |me )?{_ABOUT}(?P<number>{_NUM}) (?P<unit>{_UNIT})",
    re.I,
)
_HALF = re.compile(r"\b(?P<number>half) (?P<unit>the (?:time|cost|price|effort|work|people|money))\b", re.I)
# In this order: the one that tells most about a figure says it.
_SAID = (
    _FROM_TO,
    _ARROW,
    _BEFORE_NOW,
    _AGAINST,
    _USED_TO,
    _RELATIVE,
    _BY,
    _MOVED_BY,
    _TIME_SAVED,
    _SAVED,
    _OF_ALL,
    _NOW_TAKES,
    _RATE,
    _HALF,
)
_OF_TIME = re.compile(rf"(?:{_TIME}|h)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:out of|(?:\d|one|two|three|four|five|six|seven|eight|nine|ten) of|from|used to [\w ]{2,20}|(?:was|were|had been)(?: about| around| some)?) (?:about |around |some )?$",
    re.I,
)
_PLANNED = re.compile(
    r"\b(?:would|could|should|hope|hoping|expect\w*|plan\w*|promis\w+|claim\w*|want\w*|target|goal|aim\w*)\b", re.I
)


def read(quote: str) -> list[Group]:
    """Groups of `number`, `unit` and, where it is said, `baseline`; never a number without what it counts."""
    flat = level(quote)
    groups: list[Group] = []
    for start, end in sentences(flat):
        said, sentence = quote[start:end], flat[start:end]
        taken: list[tuple[int, int]] = []
        for match in (m for pattern in _SAID for m in pattern.finditer(sentence)):
            if any(match.start() < b and a < match.end() for a, b in taken) or _PLANNED.search(
                sentence[: match.start()]
            ):
                continue
            if match.re in (_RATE, _AGAINST) and _BEFORE.search(sentence[: match.start()]):
                continue
            facts: Group = tuple(_facts(said, match))
            if facts:
                taken.append(match.span())
                groups.append(facts)
    return groups


def _facts(quote: str, match: re.Match[str]) -> Iterator[tuple[FactName, str]]:
    named = match.groupdict()
    if (
        match.re is _ARROW
        and named["unit"]
        and named["baseunit"]
        and not all(map(_OF_TIME.match, (named["unit"], named["baseunit"])))
    ):
        return  # from one thing to another
    unit = next((name for name in ("unit", "baseunit", "thing", "subject", "verb") if named.get(name)), None)
    if unit is None or (unit == "verb" and not re.match(r"[$£€]", match["number"])):
        return
    yield "number", part(quote, *match.span("number"))
    yield "unit", part(quote, *match.span(unit))
    if named.get("base"):
        yield "baseline", part(quote, *match.span("base"))
