"""A trigger: what happened, and when, in the customer's own words for both."""

from __future__ import annotations

import re

from icp_synth.facts.parts import NUMBER_WORD, Group, level, part, sentences

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_SEASON = "(?:spring|summer|autumn|fall|winter)"
_PART = r"(?:(?:early|mid|late|the end of|end of|the start of|the beginning of)[ -])"
_NOT_COUNTED = r"(?=\s*(?:[.,;:!?)–—-]|$|(?:and|but|when|after|before|because|with|to|for|so|we|they|i|the|our|it|as|by|that|which|he|she|then|was|were|is|already)\b))"
_DATE = re.compile(
    "|".join(
        (
            r"\b\d{4}-\d\d-\d\d\b",
            rf"\b{_PART}?(?:last |next |this |back in )?{_DAY} (?:of )?{_MONTH}\.?(?:,? {_YEAR})?\b",
            rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?\b(?! ?%)",
            rf"\b{_PART}?{_MONTH}\.?,? (?:of )?{_YEAR}\b",
            rf"\b{_PART}?(?:last|next|this|early|late|mid) {_MONTH}\b",
            rf"(?:(?<=\bin )|(?<=\bIn )|(?<=\bsince )|(?<=\bSince )|(?<=\bby )|(?<=\bfrom )|(?<=\bbefore )|(?<=\bafter ))(?:early |mid-?|late )?{_MONTH}\b(?! \d)",
            rf"(?:(?<=\bin )|(?<=\bsince )|(?<=\bby )|(?<=\blast )|(?<=\bnext )){_MONTH.lower()}\b(?! \d)",
            rf"\b{_PART}?{_SEASON}(?: of)? {_YEAR}\b",
            rf"(?<!\bhis )(?<!\bher )(?<!\bmy )(?<!\bour )(?<!\bthe )(?<!\btheir )\b(?:the (?:end|start|beginning) of )?(?:[Ll]ast|[Nn]ext|[Tt]his|[Ll]ate last|[Ee]arlier this|[Ee]arly this) (?:week|month|quarter|year|{_SEASON}|Christmas|Easter)\b(?!'s)",
            rf"\bQ[1-4](?:,? (?:of )?{_YEAR})?\b",
            rf"\bthe (?:first|second|third|fourth|last) (?:quarter|half)(?: of (?:{_YEAR}|the year|last year|this year))?\b",
            rf"\b(?:[Aa]bout |[Aa]round |[Rr]oughly |[Oo]ver |[Aa]lmost |[Nn]early |[Jj]ust )?(?:[Aa]|[Oo]ne|{NUMBER_WORD}|\d+|[Aa] (?:few|couple of)|[Ss]everal)"
            rf" (?:days?|weeks?|months?|years?|quarters?|{_SEASON}s?)(?: or (?:so|two))? ago\b",
            r"\b[Bb]y (?:the end of (?:the |this |next )?(?:year|quarter|month|summer|winter)|year[- ]end|Christmas)\b",
            r"\b[Bb]efore (?:Christmas|Easter|the (?:Christmas|summer|holiday|winter|spring|autumn) (?:season|rush|break|holidays?)|year[- ]end)\b",
            rf"(?:(?<=\bin )|(?<=\bsince )|(?<=\bby )|(?<=\bIn )|(?<=\bSince )|(?<=\bof )){_YEAR}\b{_NOT_COUNTED}",
            rf"(?:(?<=\bearly )|(?<=\blate )|(?<=\bmid )|(?<=\bmid-)|(?<=\bduring )|(?<=\bbefore )|(?<=\bafter )|(?<=\baround )){_YEAR}\b{_NOT_COUNTED}",
        )
    )
)
_NOUN = (
    r"(?:audits?|mergers?|acquisitions?|takeovers?|buy-?outs?|floods?|fires?|burglary|(?:data )?breach(?:es)?|outages?|incidents?|accidents?|inspections?|renewals?|"
    r"tenders?|funding round|series [a-d]|ipo|reorgani[sz]ations?|re-?orgs?|restructuring|lay-?offs?|strikes?|lawsuits?|lockdowns?|pandemic|covid(?:-19)?|"
    r"relocation|recall|near miss|scandal|complaint|departure|resignation|retirement|bankruptcy|insolvency|rebrand(?:ing)?|price (?:rise|increase|hike)s?)"
)
_VERB = (
    r"(?:refused|changed hands|opened|closed down|joined|left (?:us|the|in)|retired|quit|resigned|handed in|gave notice|passed away|died|cut (?:our|the|their)|doubled|tripled|raised|"
    r"bought|acquired|merged|(?:was|were|got|been) (?:acquired|bought|merged|sold|fined|hacked|audited|taken over|spun off|told|burgled|flooded)|took over|expire[sd]?|"
    r"runs? out|ran out|(?:is|was|came|comes|come) up for renewal|ended|failed|(?<!for )(?<!of )(?<!the )lost|won (?:a|an|the|our)|shuts? down|went (?:bankrupt|bust|public|live|under)|broke (?:down|in)|hired|"
    r"(?:had |have |has )?outgr(?:e|o)wn?|launched|cancelled|discontinued|stopped (?:supporting|selling|trading)|(?:comes?|came) into (?:force|effect)|hit (?:us|our)|"
    r"(?:had |have |has )?(?:gone|grew|grown|went) from|moved (?:into|to (?:a|the) new|offices|premises)|signed (?:a|our|the)|received|(?:was|were) appointed|started as|pulled out|gave us \w+ (?:days|weeks|months)'? notice|announced|went (?:down|dark)|rated us|(?:began|started) charging|reache[sd]? end of (?:life|support)|split|demand(?:s|ed)|insist(?:s|ed)|mandated|introduced|brought in|(?:was|were|got) (?:promoted|featured|funded|caught)|got a new|wr(?:o|i)tes? us up)"
)
_LEAD = r"(?:(?:right|just|shortly|soon|straight|immediately) )?(?:after|before|when|once|following|ahead of|since|during|as soon as|until)"
_STOP = r"(?=\s*(?:[,;:.!?]|$|\s[–—-]\s|\s(?:and|so|because|which|but|that's|that is)\b))"
_NEXT_SUBJECT = rf"(?:(?=\s(?:she|he|we|they|i)\s)|{_STOP})"
_CLAUSE = re.compile(rf"\b(?P<event>{_LEAD} (?:[\w'-]+ ){{0,6}}?{_VERB}\b.*?){_NEXT_SUBJECT}", re.I)
_PHRASE = re.compile(
    rf"\b(?P<event>{_LEAD} (?:(?:the|a|an|our|their|last|this|that|its|my) )?(?:[\w'-]+ ){{0,3}}?{_NOUN}\b(?: (?:of|with|by|at|in) [^,;.!?]{{2,40}}?(?=\s*[,;.!?]|$))?)",
    re.I,
)
_MAIN = re.compile(
    rf"(?:^|[,;:]\s|\b(?:because|that|and|so|as|but|then)\s)\W*(?P<event>(?!(?:and|but|so|then|because|if|you|it|that|which|after|before|when|once|since|it's|nearly)\b)"
    rf"(?:[\w'-]+ ){{1,5}}?{_VERB}\b.*?){_STOP}",
    re.I,
)
_CAME = re.compile(
    rf"\b(?:then came|there was|we had|we've had|we have|came) (?P<event>(?:the|a|an) (?:[\w'-]+ ){{0,3}}?{_NOUN}\b[^,;.!?]*?){_STOP}",
    re.I,
)
_IMAGINED = re.compile(
    r"\b(?:if|would|could|might|may|never|not|n't|usually|always|often|every (?:time|day|week|month|year)|whenever|typically)\b|n't\b",
    re.I,
)
_OF_SOMEBODY = re.compile(r"\b(?:who|whom|whose)\b[^,;]*$", re.I)
_BEFORE_A_DATE = re.compile(
    r"\s+(?:back )?(?:in|on|at|by|around|about|since|from|until|for|of|early|late|this|last|next|during|somewhere)*\s*$",
    re.I,
)


def read(quote: str) -> list[Group]:
    """Groups of `event` and `date` of a sentence; several dates stand alone."""
    flat = level(quote)
    groups: list[Group] = []
    for start, end in sentences(flat):
        said, sentence = quote[start:end], flat[start:end]
        dates = [
            match.span() for match in _DATE.finditer(sentence) if not _OF_SOMEBODY.search(sentence[: match.start()])
        ]
        event = _event(sentence, dates)
        facts: Group = ()
        if event:
            facts = (("event", part(said, *event)),)
        whens: list[Group] = [(("date", part(said, *date)),) for date in dates]
        if len(whens) == 1:  # of several dates nobody can tell which is that of the event
            facts = (*facts, *whens.pop())
        groups.extend([facts] if facts else [])
        groups.extend(whens)
    return groups


def _event(sentence: str, dates: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the sentence says what happened, without the date in it; the clause that begins first."""
    matches = [match for pattern in (_CLAUSE, _PHRASE, _MAIN, _CAME) if (match := pattern.search(sentence))]
    sure = [match.span("event") for match in matches if not _IMAGINED.search(match["event"])]
    for first, last in sorted(sure, key=lambda span: (span[0], -span[1])):
        for a, b in dates:
            if first <= a and not re.search(
                r"\w", re.sub(r"\b(?:in|on|since|by|from)\b", "", sentence[first:a], flags=re.I)
            ):
                first = b + len(sentence[b:last]) - len(sentence[b:last].lstrip(" ,"))
            elif first <= a < last and sentence[b:last].strip(" ,.;:"):
                last = a if a - first > 8 else last
            elif first <= a < last:
                last = a
        stretch = (
            _BEFORE_A_DATE.sub("", sentence[first:last]) if any(last == a for a, _ in dates) else sentence[first:last]
        )
        if stretch.strip():
            return first, first + len(stretch)
    return None
