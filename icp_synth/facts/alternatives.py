"""An alternative: its name as the customer says it, and what became of it."""

from __future__ import annotations

import re
from typing import Literal

from icp_synth.facts.parts import Group, level, part

Fate = Literal["dropped", "rejected", "kept", "beside"]

_NO_NAME = (
    r"(?:We|I|It|The|They|This|That|These|Those|Our|My|Their|A|An|And|But|So|Or|Both|Then|Before|After|Also|Each|In|On|At|For|With|If|When|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Q[1-4]|CEO|CFO|CTO|CIO|COO|IT|HR|API|APIs|UI|CRM|ERP|SaaS|AI|Europe|Germany|France|US|UK|EU|English|Asia|No|Not|Yes|Because|There|Once|What|Which|Who)\b"
)
_PROPER = rf"(?-i:(?!{_NO_NAME})[A-Z][\w+&'-]*(?:\.[a-z]{{2,3}}\b)?(?: (?!{_NO_NAME})(?:[A-Z][\w+-]*|\d{{1,3}})(?!\w)){{0,2}})"
_HOME_MADE = (
    r"(?:(?:(?:a|an|the|our|one|my|some|good old|plain|simple)\s)*(?:(?!for\b|and\b|or\b|but\b|to\b|with\b|from\b|of\b|in\b)[\w-]+\s){0,2}?(?:spreadsheets?|Excel(?: sheets?)?|whiteboards?|notebooks?|"
    r"(?:paper )?diar(?:y|ies)|pen and paper|paper|binders?|e-?mails?|group chats?|wikis?|Google Sheets|sticky notes|ledgers?)\b(?: and (?:a |an )?(?:e-?mails?|group chat|whiteboard|paper|phone calls))?|"
    r"(?:our|an|a|some)\s(?:own|home-?grown|in-house|self-built|self-made|internal)\s(?:[\w-]+\s){0,2}?(?:tools?|systems?|scripts?|software|database|solution|app|platform|build)\b|"
    r"(?:doing|do) nothing(?: at all)?|(?:building|writing|doing|making) (?:it|one|something) (?:ourselves|in-house)|hiring (?:a|an|another|more) (?:(?!for\b|to\b|and\b|we\b)[\w-]+ ?){1,3}|outsourcing(?: it)?)"
)
_NAME = rf"(?:{_HOME_MADE}|{_PROPER})"
_STOP = (
    "(?:on|in|at|with|without|which|that|who|of|for|from|and|or|but|because|"
    "when|where|to|by|until|since|over|under|than|is|was|were|it|we|they|had|has|have|whose|plus|before|after|last|this|as|so|then|if|here|there|today|now|through|did|does|do|instead|entirely|altogether|completely|only)"
)
_THING = rf"(?:(?:a|an|the|our|their|some|my|two|three) (?:(?!{_STOP}\b)[\w'&-]+ ){{0,3}}(?!{_STOP}\b)[\w'&-]+(?: of (?!{_STOP}\b)[\w-]+(?: (?!{_STOP}\b)[\w-]+){{0,2}})?(?=\s*(?:[,;.!?:)]|$)|\s{_STOP}\b))"
_EACH = re.compile(rf"(?:{_HOME_MADE}|{_THING}|{_PROPER})", re.I)
_AND = r"(?:, and |, or |, | and (?:at |with )?| or )"
_LIST = rf"(?P<names>(?:at |with |on )?{_NAME}(?:{_AND}{_NAME})*)"
_ANY_LIST = rf"(?P<names>(?:{_NAME}|{_THING})(?:{_AND}(?:{_NAME}|{_THING}))*)"  # where nothing else can stand
_PROPER_LIST = rf"(?P<names>{_PROPER}(?:{_AND}{_PROPER})*)"
_LOOKED = r"(?:(?:looked|looking) (?:at|into)|evaluat(?:ed|ing)|consider(?:ed|ing)|tri(?:ed|alled)|trying|tested|demoed|piloted|compared(?: it)? (?:with|to|against)|checked out)"
_VERDICT = (
    r"(?: for [\w ]{2,20})?(?:,|;|\s[–—-])?\s*(?:but|and|which|;)\s+(?:(?:it|they|both|that|neither|we|was|were|all|each|the (?:price|cost))\b)?[^.;]{0,40}?"
    r"(?:\btoo (?:expensive|complex|complicated|big|heavy|slow|rigid|basic|limited|costly|dear|pricey)|\bcould(?:n't| not)|\bdid(?:n't| not)|\bwas(?:n't| not)|\bwere(?:n't| not)|"
    r"\bdoes(?:n't| not)|\blacked|\bfell short|\bdecided against|\bruled (?:it|them) out|\brejected|\bdropped (?:it|them|out)|\bwanted (?:us|a consultant|a year))"
)
_PATTERNS: tuple[tuple[Fate | None, str], ...] = (
    ("rejected", rf"\b{_LOOKED} {_LIST}{_VERDICT}"),
    (
        "rejected",
        rf"\b(?:rejected|ruled out|turned down|decided against|passed on|discarded|dismissed|didn't (?:choose|pick|go with)|chose not to (?:use|buy)|instead of(?= (?:hiring|building|writing|outsourcing))) {_LIST}",
    ),
    ("rejected", rf"\b(?:evaluated|considered|tested|trialled) {_LIST}[,;]? (?:and )?rejected\b"),
    (
        "dropped",
        rf"\b(?:switch(?:ed|ing)|mov(?:ed|ing)|migrat(?:ed|ing|e)|chang(?:ed|ing)|transition(?:ed|ing)|(?:^\W*|\b(?:we|i|they) )came) (?:away |over |off )?(?:from|off)(?: of)? (?:using )?{_ANY_LIST}",
    ),
    ("dropped", rf"\breplac(?:ed|ing|es) (?:both |all (?:of )?)?{_ANY_LIST}(?: with)?"),
    (
        "dropped",
        rf"\b(?:dropped|ditched|abandoned|scrapped|got rid of|gave up(?: on)?|phased out|stopped using|turned off|cancelled|left|outgrew|outgrown) (?!us\b){_LIST}",
    ),
    (
        "dropped",
        rf"\b(?:was|were|been|had been) (?:on|using|with) {_LIST}(?=[^.]{{0,40}}\b(?:before|previously|until|dropped|gave (?:it|that) up|until then|at the time|up to then)\b)",
    ),
    (
        "dropped",
        rf"\b(?:before (?:this|that|it|we (?:switched|moved|changed|came))|previously|until (?:then|last \w+|recently)|in the old days|formerly),? "
        rf"[^.;]{{0,30}}?\b(?:was|were|had|used|using|on|in|with) (?:all )?(?:it (?:all )?)?(?:on |in |with |by )?{_LIST}",
    ),
    (
        "dropped",
        rf"\bbefore (?:this|that|it),? (?:it was|we had|we used|there was|they had|they used|i had|i used) {_ANY_LIST}",
    ),
    (
        "dropped",
        rf"\buntil (?:\d{{4}}|then|now|last \w+),? [^.;,]{{0,30}}?\b(?:ran|lived|was|were|sat|went) (?:on|in|through) {_LIST}",
    ),
    ("dropped", rf"(?:^|[.;,] ){_LIST}(?:, [^,]{{3,30}},)? (?:did the job|worked fine|was enough) until\b"),
    ("rejected", rf"(?:^|[.;,] ){_ANY_LIST} (?:was|were) (?:discarded|rejected|ruled out|turned down|dismissed)\b"),
    ("dropped", rf"^\W*(?:before:|previously:?|until now:?|formerly:?) {_ANY_LIST}"),
    ("dropped", rf"\b(?:used to (?:use|run|have|do (?:it|everything|all of it) (?:in|on|with|by))) {_LIST}"),
    ("dropped", rf"(?:^|[.;,] ){_LIST}(?:, [^,]{{3,30}},)? (?:did it|was what we (?:used|had)|was there) before\b"),
    ("kept", rf"\b(?:stay(?:ed|ing|s)?|stick(?:ing|s)?|stuck|remain(?:ed|s)?) with {_ANY_LIST}"),
    ("kept", rf"\b(?:stay(?:ed|ing|s)?|stick(?:ing|s)?|stuck|remain(?:ed|s)?) on {_LIST}"),
    ("kept", rf"\b(?:keep|keeps|kept|keeping) (?:using )?{_PROPER_LIST}"),
    ("kept", rf"\b(?:went|gone|going) with {_LIST}"),
    ("kept", rf"\b(?:went|gone|going|are|is|am|'re) back (?:to|on|with) (?:using )?{_LIST}"),
    ("kept", rf"\b(?:carry|carries|carried) on with {_ANY_LIST}"),
    ("kept", rf"\b(?:chose|picked|selected|preferred) {_ANY_LIST}(?: (?:over (?:us|you|this)|instead))"),
    ("beside", rf"\b(?:alongside|side by side with|in parallel (?:with|to)|together with) {_LIST}"),
    ("beside", rf"\bstill (?:use|uses|using|run|runs|have|has|rely on) {_LIST}"),
    ("rejected", rf"\b(?:picked|chosen|chose|preferred|opted for)(?: it| this| us| you)? over {_ANY_LIST}"),
    (None, rf"\b{_LOOKED} {_LIST}"),
    (
        None,
        rf"\b(?:shortlisted|versus|vs\.?|instead of|rather than|(?:compared|next) to|the (?:other option|alternative|only (?:other )?(?:option|alternative)) (?:is|was|would be|would have been)|could (?:also |just |always )?(?=(?:do)\b)|"
        rf"competitors? (?:is|was|like|such as)|alternatives? (?:is|was|were|like|such as)) {_LIST}",
    ),
)
_AS = tuple((fate, re.compile(pattern, re.I)) for fate, pattern in _PATTERNS)
_ALONE = re.compile(rf"^\W*(?P<names>{_PROPER}(?:(?:, | and | or ){_PROPER})*)\W*$", re.I)
_NOT_OURS = re.compile(
    r"^(?:it|this|that|them|you|us|yours?|one|nothing|paper|.*\b(?:names|ones|others|rest|options|tools|vendors|products|systems|things)|.*'s)$",
    re.I,
)


def read(quote: str, product: str) -> list[Group]:
    """Groups of `name` and, where it is said, `fate`: one per alternative, the first thing said about each."""
    flat = level(quote)
    own = {word.lower() for word in re.findall(r"\w{3,}", product)}
    groups: dict[str, tuple[int, Group]] = {}
    for fate, pattern in (*_AS, (None, _ALONE)):
        for match in pattern.finditer(flat):
            start = match.start("names")
            for named in _EACH.finditer(match["names"]):
                name = part(quote, start + named.start(), start + named.end())
                words = {word.lower() for word in re.findall(r"\w+", name)}
                if flat[start + named.end() :].startswith("'s "):
                    continue  # somebody's, which is no name
                if not name or words & own or _NOT_OURS.match(name) or _within(name, groups):
                    continue
                group: Group = (("name", name),) if fate is None else (("name", name), ("fate", fate))
                groups[name.lower()] = (start + named.start(), group)
    return [group for _, group in sorted(groups.values())]


def _within(name: str, groups: dict[str, tuple[int, Group]]) -> bool:
    """Whether this name, or one that holds it or stands in it, was read before."""
    return any(name.lower() in seen or seen in name.lower() for seen in groups)
