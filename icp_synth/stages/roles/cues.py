"""How sellers, researchers and customers talk: the cues that a careful reader goes by, with what each is worth.

Weights above zero speak for us, below zero for a customer. Strong cues count by themselves, since people introduce
themselves once; the others are counted per hundred words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Cue(NamedTuple):
    """A way of talking, what one use of it is worth, and how many uses count at most."""

    weight: float
    most: int
    pattern: re.Pattern[str]


def _cue(weight: float, most: int, pattern: str) -> Cue:
    return Cue(weight, most, re.compile(pattern.replace("'", "['’]"), re.IGNORECASE))


OUR_TITLE = re.compile(
    r"\b(?:account (?:executive|manager)|customer success|csm|sales (?:rep\w*|engineer|executive|team)|solutions? (?:engineer|"
    r"consultant|architect)|pre-?sales|business development|sdr|bdr|(?:user|ux|market|customer) research(?:er)?|moderator|"
    r"interviewer|facilitator|support (?:agent|engineer|specialist|team)|customer (?:support|care|marketing|service)|"
    r"developer relations|community manager|implementation (?:manager|consultant|specialist)|onboarding specialist|"
    r"product marketing)\b",
    re.IGNORECASE,
)
PARTNER = re.compile(
    r"\b(?:re-?sell(?:er|ers|ing)?|resold|value[- ]added|distributors?|system integrators?|integration partners?|"
    r"channel partners?|implementation partners?|partner agency|we(?:['’]re| are) (?:a|the|your|their) (?:\w+ )?partner)\b",
    re.IGNORECASE,
)

_STRONG = (
    _cue(4, 1, r"\b(?:i'm|i am|i do|i work|this is|i'll be)\b[^.?!]{0,40}" + OUR_TITLE.pattern),
    _cue(2, 1, r"\b(?:thanks?|thank you)\b[^.?!]{0,25}\bfor (?:joining|taking|making|coming|doing this|hopping on|being here|"
         r"your (?:time|patience|call|post|feedback)|calling|contacting|reaching out|raising|the (?:post|report|"
         r"feedback|question))"),
    _cue(3, 2, r"\bhow (?:can|may|could) (?:i|we) help\b|\bis there anything else (?:i|we)|\bthis call (?:may|is|will)\b[^.?!]*"
         r"\brecord|\btak(?:e|ing) over (?:this|the) (?:call|chat|case|ticket)|\b(?:can|may|could) i (?:take|have|get) your\b"),
    _cue(3, 2, r"\bno right (?:or|and) wrong\b|\bi'll (?:be )?(?:just )?(?:guid|moderat|driv|lead|facilitat|run)\w*|"
         r"\b(?:ok(?:ay)?|all right|alright) if (?:i|we) record|\brecording is on\b|\bpressed record\b|\bour (?:study|"
         r"research|survey) on\b|\bi(?: just)? run these (?:sessions|groups)|\bwalk (?:me|us) through\b"),
    _cue(1.5, 2, r"\bwelcome(?: back|,? (?:everybody|everyone|all)|[.!]| to (?:the|our|today))|\bset the agenda\b|"
        r"\bthe agenda\b|"
         r"\blet's (?:move on|go (?:a)?round|start with|begin|hear|talk about)|\bi'd (?:love|like) to (?:hear|learn|"
         r"start|understand|ask)|"
         r"\btell (?:me|us) (?:about|a (?:bit|little)|more|what|how)|\blet me tell you (?:a (?:bit|little) )?about (?:us|our)"),
    _cue(1.5, 2, r"\bon our roadmap\b|\bhave a fix\b|\bfix in review\b|\b(?:customers|teams|clients|"
        r"companies) like (?:you|yours)\b|"
         r"\b(?:most|many|some|all|other) of our (?:customers|clients|users)\b|\bsend (?:you |over )(?:the |our |"
         r"some )?(?:pric\w+|proposal|quote|deck)|"
         r"\bprice list\b.{0,30}\bafter this call\b|\bshow you how\b|\bmy colleague and i can\b"),
    _cue(-1.5, 1, r"\banyone else\b|\bsame here\b|(?:^|\s)\+1\b|\bis (?:this|that) (?:a )?known\b|\bi (?:rang|called|"
        r"wrote) (?:you|twice|before)\b"),
    _cue(-2, 1, r"\bi (?:run|manage|look after|own|head up|oversee|administer|teach)\b(?![^.?!]{0,30}\bresearch)|"
         r"\bi(?:'m| am) in (?:procurement|finance|it|operations|purchasing|accounting|logistics)\b|"
         r"\bi(?:'m| am) (?:the|a) (?:cfo|ceo|cto|cio|owner|buyer|head of (?:it|finance|operations)|it manager|"
         r"office manager)\b"),
)  # fmt: skip

_FREQUENT = (
    _cue(1, 30, r"\b(?:what|how|when|why|where|which|who)\b[^.?!]{0,40}\b(?:you|your|they)\b[^.?!]*\?"),
    _cue(0.6, 30, r"\b(?:how|why|what|where|who) (?:do|did|does|are|was|were|happen\w*) (?!it\b|this\b|a\b|"
        r"the price\b|you\b|your\b)[^.?!]*\?|\bwhy (?:no|not|is) ?\w*\?"),
    _cue(1, 20, r"\bin the next (?:build|release|version|update)\b|\bout (?:on|next) \w+day\b|\bwe (?:do send|"
        r"could look|can look|can do)\b|\bspend\b[^.?!]{0,20}"
         r"\blistening\b|\bshall (?:i|we) (?:kick|start|begin)\b|\bkick us off\b|\bfree of charge\b"),
    _cue(1, 30, r"\b(?:did|do|have|would|are|were|could|can) you\b(?! (?:guys|support|offer|host|set|charge|integrate|"
        r"provide|accept))[^.?!]*\?"),
    _cue(1.5, 20, r"\bwe (?:offer|provide|support|host|integrate|founded|launched|work with)\b|\bour (?:onboarding|"
        r"support|sales|success|"
         r"engineering|product) (?:team|people|engineers?)\b|\bour (?:team|driver|engineers?|colleagues?) (?:can|will|"
         r"does|do)\b"),
    _cue(1.2, 20, r"\bi(?:'ll| will| can| could|'d be happy to| am going to|'m going to) (?:also |then |just |"
        r"quickly )?(?:send|share|show|set up|"
         r"e-?mail|forward|introduce|arrange|update|pull|check|get (?:them|that|it|you))\b|\blet me (?:show|share|"
         r"walk|explain|pull|check|see)\b"),
    _cue(1.2, 20, r"\bi(?:'m| am) (?:so |really |very )?sorry (?:to hear|about|for)\b|\bwe(?:'re| are) (?:so |really |"
        r"very )?sorry\b|\bapologi[sz]e\b|"
         r"\bwe(?:'ve|'re| are| have)? (?:just )?(?:pushed|released|shipping|shipped a|rolling|rolled out|fixed|"
         r"working on|looking into)\b|\bplease "
         r"(?:install|update|try|send|contact|check|add)\b|\b(?:added?|raise|cast) your vote\b"),
    _cue(1, 20, r"\bour (?:product|platform|solution|pricing|roadmap|mobile app|app|software|customers (?:love|tell|"
        r"see|use|say))\b|\bhappy to\b|"
         r"\bdoes that make sense\b|\bany (?:other )?questions\b|\bwe (?:see|hear) (?:that|this)\b|\bcommon (?:one|"
         r"issue|problem|question)\b|"
         r"\b(?:pilot|trial|starter plan|free month|light licen[cs]e)\b[^.?!]{0,30}\b(?:realistic|no cost|for (?:that|you))"),
    _cue(1.2, 20, r"\bi(?:'ve|'m| have| am) (?:now |just |going to )?(?:filed?|lifted|rais(?:ed|ing)|escalat\w+|"
        r"pass(?:ed|ing)|logg\w+|refund\w+|reset\w*|enabled|"
         r"entered|made you|sent you|put you)\b|\bon your account\b|\bget back to you\b|\bpass (?:that|it|this) (?:on|"
         r"along)\b|\bput you through\b|"
         r"\bthe (?:platform|product|design|engineering|dev\w*) (?:folks|team|people|guys)\b|\byou asked for\b|"
         r"\bacross to you\b|\bthe renewal is up\b"),
    _cue(1, 20, r"\b(?:over here|on this (?:screen|slide)|as you can see|you'll see|you've got (?:your|the|a)|"
        r"if i click|this is (?:the|our) (?:home|main) "
         r"(?:screen|page)|see my (?:screen|slides))\b|\bwe've put\b|\bcoming (?:in|out|next|soon)\b|\b(?:is|it's|are|"
         r"one's) (?:planned|on the roadmap)\b|"
         r"\bthe beta\b|\bbefore discount\b|\bper (?:seat|vehicle|user|device|licen[cs]e|number)\b(?![^.!?]*\?)|"
         r"\bcan see (?:the|an|your|a)\b"),
    _cue(0.5, 12, r"(?:^|[.!?]\s+)(?:great|good) question|(?:^|\n)(?:absolutely|perfect|got it|understood|lovely|"
        r"interesting|fair enough|i see|"
         r"makes sense|mm+|mm-?hm+|right|okay|great|wonderful|that's (?:fair|great|helpful|interesting))[.,!]"),
    _cue(-1, 20, r"\b(?:does|can|will|could|would|is there|is it) (?:it|this|a|any|on by|included|possible|safe|"
        r"secure|hosted|that|there|the (?:tool|app|product|platform|system|price|software)|your \w+)\b[^.?!]*\?|"
         r"\b(?:do|can|could|will) you (?:guys|not|support|offer|host|set|charge|integrate|provide|accept)\b[^.?!]*\?"),
    _cue(-1, 20, r"\b(?:what (?:does|would|will|is|if)|how (?:much|long) (?:does|is|would|will|do|to)|where (?:is|"
        r"are)|who (?:does|pays)) "
         r"(?:it|this|that|a|an|the|your|i|we|our|for)\b[^.?!]*\?"),
    _cue(-0.8, 60, r"\bwe(?:'re|'ve)? (?:still |just |also |only |all )?(?:use|used|had|were|needed|ended up|"
        r"looked at|tried|spend|spent|switched|"
         r"bought|evaluated|pay|paid|lost|got|moved|renewed|register|went|do it|make|print|ship \d|ran|started|"
         r"struggled|wanted|need)\b"),
    _cue(-0.8, 60, r"\bi(?:'m|'d|'ve)? (?:still |just |also |only |never |always |once )?(?:had|have to|made|make|"
        r"tried|gave|lost|paid|pay|bought|buy|went|was|got|"
         r"hate|hated|couldn't|didn't|don't|can't|won't|sent|ordered|called|rang|wanted|need|forget|use|used|took|"
         r"turn|ride|go|read|split|export|"
         r"start|approve|carry|register|order|sleep|would pay|would never)\b"),
    _cue(-0.8, 60, r"\b(?:my|our) (?:team|boss|husband|wife|kids?|son|daughter|mother|father|sister|brother|director|"
        r"manager|engineers|nurses?|drivers?|"
         r"staff|cfo|it|ops|data|board|company|accountant|night|day|old|supervisor|school|shop|warehouse|plant|"
         r"production|stock|money|phone|bill|players)\b"),
    _cue(-0.4, 60, r"\bmy (?!name|colleague|side|pleasure|screen|question|notes|team|boss|understanding)\w+|"
        r"\bme\b(?! (?:show|share|walk|tell|explain|pull|check|know))"),
    _cue(-0.6, 20, r"\byour (?:product|platform|tool|pricing|app|thing|website|competitors?|quote|invoice|price)\b|"
        r"\byou guys\b"),
    _cue(-0.5, 30, r"\b(?:hat(?:e|ed)|burned|useless|gave up|a mess|nightmare|fed up|annoy\w+|frustrat\w+|wast(?:e|"
        r"ed)|painful|chaos|shout\w*|broke|dies|"
         r"drops?|mad|crazy|by hand|on paper|spreadsheets?|fines?|hours? long|fell over|again|third time|fifty fifty|"
         r"half (?:of )?(?:the|our|my)|the (?:last|previous|old|first|other) (?:system|one|tool|vendor|lot|supplier)|"
         r"the (?:head|board|boss|union|director|council|auditors?|regulator)s? (?:wants?|needs?|asks?|asked|said|"
         r"will)|second time|nobody|still (?:not|broken))\b"),
)  # fmt: skip

_SMOOTHED = 60  # words that every speaker is taken to have said without a cue, so that few words decide little
_SHORT_QUESTION = 25
_TELLING = -0.3


class Talk(NamedTuple):
    """What one side's talk amounts to: `strong` and `frequent` cues together, and its words."""

    strong: float
    frequent: float
    words: int

    def __add__(self, other: object) -> Talk:
        """The talk of two who are on one side."""
        if not isinstance(other, Talk):
            return NotImplemented
        return Talk(self.strong + other.strong, self.frequent + other.frequent, self.words + other.words)

    @property
    def score(self) -> float:
        """Above zero: asks, offers, helps; below: tells of themselves."""
        return max(-4.0, min(self.strong, 8.0)) + 100 * self.frequent / (self.words + _SMOOTHED)

    @property
    def tells(self) -> bool:
        """Whether there is anything in it by which a customer is known; few words without it decide nothing."""
        return self.score <= _TELLING


def talk_of(texts: Sequence[str]) -> Talk:
    """Weigh the turns of one speaker."""
    text = "\n".join(" ".join(turn.split()) for turn in texts)
    asked = sum(turn.rstrip("\"'”’)_* ").endswith("?") and len(turn.split()) <= _SHORT_QUESTION for turn in texts)
    return Talk(
        strong=sum(_worth(cue, text) for cue in _STRONG),
        frequent=sum(_worth(cue, text) for cue in _FREQUENT) + 0.6 * asked,
        words=len(text.split()),
    )


def _worth(cue: Cue, text: str) -> float:
    return cue.weight * min(sum(1 for _ in cue.pattern.finditer(text)), cue.most)
