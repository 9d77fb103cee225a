"""A part in buying: who, as the customer calls them, and what they do about it."""

from __future__ import annotations

import re
from typing import Literal

from icp_synth.facts.parts import Group, level, part

Does = Literal["feels", "pays", "decides", "blocks", "champions", "runs"]

_PEOPLE = (
    r"(?:C[EFTIOM]O|CISO|CMO|CPO|CRO|VP|SVP|(?-i:MD|GM|IT|HR)|legal|procurement|purchasing|finance|marketing|sales|compliance|security|accounting|operations|"
    r"management|board|council|committee|team|teams|staff|department|office|group|crew|people|boss|chief|head|lead|leads|leader|leaders|wife|husband|partner|partners|"
    r"brother|sister|father|mother|son|daughter|clerk|curator|counsel|master|mistress|trustees?|governors?|principal|dean|abbot|abbess|bursar|registrar|priest|vicar|warden|"
    r"nurses?|doctors?|secretary|secretaries|treasurer|president|chair|chairman|chairwoman|parents?|deputy|apprentices?|assistants?|consultants?|accountants?|chefs?|cooks?|"
    r"headteacher|mayor|"
    r"[a-z]+(?:ger|gers|tor|tors|visor|visors|eer|eers|yer|yers|cer|cers|ner|ners|der|ders|ker|kers|mer|mers|sher|shers|cher|chers|rer|rers|ller|llers|pper|ppers|tter|tters|wer|wers|"
    r"ist|ists|ian|ians|ctor|ctors|ster|man|men|woman|women|rator|rators|rarian|keeper|keepers|master|masters))"
)
_NOBODY = (
    r"(?:latter|former|other|another|either|neither|whether|never|ever|however|together|rather|either|after|under|over|per|later|computer|server|number|order|folder|border|calendar|browser|reminder|vendor|supplier|provider|customer|customers|printer|scanner|monitor|motor|sensor|"
    r"indicator|factor|error|refactor|vector|sector|tractor|reactor|render|gender|tender|sender|corner|banner|spanner|winner|dinner|manner|power|tower|lower|"
    r"shower|paper|layer|summer|timer|former|consumer|container|trainer fee|letter|matter|chatter|better|killer|seller|list|assist|exist|insist|consist|twist|"
    r"checklist|wishlist|shortlist|backlist|competitor|competitors|marker|tracker|docker|poker|maker|worker pool|starter|order|reorder|holder|placeholder|"
    r"disaster|cluster|register|stickier|danger|finger|trigger|ledger|bigger|larger|longer|stronger|merger|manager software)"
)
_MOD = r"(?:(?!who\b|and\b|but\b|that\b|which\b|is\b|are\b|was\b|were\b|has\b|have\b|had\b|because\b|so\b|when\b|if\b|to\b|or\b|then\b|of\b|the\b|a\b|an\b|in\b|for\b|by\b|with\b|at\b|on\b|from\b|as\b|my\b|our\b|their\b|his\b|her\b|your\b|its\b|i\b|it\b|we\b|they\b|he\b|she\b|you\b|not\b|only\b|this\b|that\b)[\w'&/-]+ )"
_OF = r"(?: of (?:the )?[\w/&-]+(?: (?!who\b|has\b|had\b|is\b|was\b)[\w/&-]+)?(?=\s))?"
_WHO = (
    rf"(?:(?:(?:the|our|my|your|their|his|her|a|an|each|every)\s){_MOD}{{0,3}}?(?!{_NOBODY}\b){_PEOPLE}\b{_OF}|"
    rf"(?<![\w'-]){_MOD}{{0,3}}?(?!{_NOBODY}\b){_PEOPLE}\b{_OF}|\bI\b)"
)
_ADVERB = r"(?: (?:also|always|usually|really|just|still|then|ultimately|finally|actually|eventually|alone|personally|has to|have to|had to|must|needs to|need to|will|would|can|could|mostly|all|both|initially|'m|am)){0,2}"
_DOES: tuple[tuple[Does, str], ...] = (
    (
        "pays",
        r"(?:pays?(?: for (?:it|this|that|the)|(?= from\b| out of\b|[.,;!]|$))|paid(?: for (?:it|this|that)|(?=[.,;]|$))|(?:is|was) (?:the |our )?budget holder|(?:would )?buys? it|signs? (?:the )?(?:che(?:que|ck)s?|bills?)|signed the (?:che(?:que|ck)|bill)|holds? the (?:budget|purse\w*|che(?:que|ck) ?book)|"
        r"owns? the budget|controls? the (?:budget|purse\w*|money)|ha(?:s|ve|d) the budget|foots? the bill|funds? it|funded it)",
    ),
    (
        "decides",
        r"(?:decides?\b(?! to\b)|decided(?= (?:on|in favou?r|it|this|that|which|alone|against|for)\b|[.,;]|$)|makes? the (?:final )?(?:decisions?|call)|made the (?:final )?(?:decision|call)|"
        r"(?:is|was) the (?:decision[- ]maker|one to convince)|ha(?:s|ve|d) the (?:final|last) (?:say|word)|signs? (?:it )?off|signed (?:it )?off|approves?\b|approved|picks\b|signs?(?=[.,;]|$| (?:it|the (?:contract|deal|order|agreement)|anything|everything|for it)\b)|gives? the (?:final )?(?:ok|go-ahead|green light)|gave the (?:ok|go-ahead|green light))",
    ),
    (
        "blocks",
        r"(?:block(?:s|ed)|veto(?:es|ed)?\b|ha(?:s|ve|d) a veto|(?:can|could) (?:stop|block)\b|stopped it|holds? (?:everything|things|it|us) up|held (?:everything|things|it|us) up|stopped (?:it|us|the (?:deal|purchase|project))|said no|says no|"
        r"(?:won't|will not|wouldn't|would not|didn't|doesn't) (?:let|allow|approve|sign)|refuse[sd]? to (?:sign|approve|allow)|killed (?:it|the deal|the project))",
    ),
    (
        "champions",
        r"(?:push(?:es|ed|ing) for|sponsor(?:s|ed)(?=[.,;]|$| it| the (?:project|purchase))|champion(?:s|ed)|brought (?:it|this) (?:in|to us|up)|advocate[sd] (?:for|it)|fought for|sold it internally|lobbied for|"
        r"(?:is|was|are) (?:our|the|its|an?) (?:\w+ )?(?:champion|sponsor)s?)",
    ),
    (
        "runs",
        r"(?:runs? (?:it|this|the (?:tool|system|platform|rollout))|uses? (?:it|this)\b(?! (?:to|for|as)\b)|administers?(?: it)?|administered it|maintains? (?:it|the (?:tool|system|platform))|"
        r"manages? (?:it|the (?:tool|system|platform|rollout|roll-out))|owns? (?:the (?:rollout|roll-out|implementation|project|tool|platform|system)|it)|operates? it|(?:is|are) the (?:daily|main) users?|looks? after it|"
        r"(?:is|am|are|'m) responsible for (?:it|running|the (?:rollout|roll-out|tool|system|platform)))",
    ),
    (
        "feels",
        r"(?:feels? (?:it|the pain|this|that pain|the difference)|felt (?:it|the pain)|suffers?(?: (?:from|most|the most|every|under)|[.,;]|$)|suffered|bears? the brunt|complain(?:s|ed)? (?:most|loudest|about (?:it|this|that))|gets? hit hardest)",
    ),
)
_PASSIVE: tuple[tuple[Does, str], ...] = (
    ("decides", r"(?:approved|signed off|decided|decided on) by"),
    ("blocks", r"(?:blocked|vetoed|stopped|held up|killed) by"),
    ("pays", r"(?:paid(?: for)?|funded) by"),
    ("champions", r"(?:championed|brought in|pushed) by"),
    ("runs", r"(?:administered|maintained|operated) by"),
)
_AS: tuple[tuple[Does, re.Pattern[str]], ...] = (
    *(
        (
            does,
            re.compile(
                rf"(?P<who>{_WHO})(?: (?:who|that|(?:is|was|'s) the (?:one|person) (?:who|that)|are the ones (?:who|that)))?{_ADVERB} (?:it's )?{verb}",
                re.I,
            ),
        )
        for does, verb in _DOES
    ),
    *(
        (does, re.compile(rf"(?P<who>\bI)(?:'m| am) the (?:one|person) (?:who|that){_ADVERB} {verb}", re.I))
        for does, verb in _DOES
    ),
    *((does, re.compile(rf"\b{verb} (?P<who>{_WHO})(?![\w-])", re.I)) for does, verb in _PASSIVE),
    ("pays", re.compile(rf"\bbudget holder (?:is|was) (?P<who>{_WHO})", re.I)),
    (
        "decides",
        re.compile(
            rf"\bdecision(?:[- ]maker (?:is|was)| (?:\w+ ){{0,3}}?(?:came from|was made by|was taken by)) (?P<who>{_WHO})",
            re.I,
        ),
    ),
    (
        "pays",
        re.compile(
            r"\b(?:comes?|came|paid|is) (?:straight )?(?:out of|from) (?:the )?(?P<who>marketing|IT|HR|R&D|operations|ops|sales|finance|engineering|security|product|support|legal|facilities|innovation|people|procurement|research)(?:'s)? budget\b",
            re.I,
        ),
    ),
)
_NOT_PART_OF_A_NAME = re.compile(
    r"^(?:and|but|so|then|that|because|in the end|it's|it is|if|when|where|only|even|also|with|well|yes|no|as|by)\s+",
    re.I,
)


def read(quote: str) -> list[Group]:
    """Groups of `who` and what they `does`, in the order in which they are said."""
    flat = level(quote)
    found: list[tuple[int, Group]] = []
    for does, pattern in _AS:
        for match in pattern.finditer(flat):
            start, end = match.span("who")
            while lead := _NOT_PART_OF_A_NAME.match(flat, start, end):
                start = lead.end()
            while lead := _NOT_PART_OF_A_NAME.match(flat[start:end]):
                start += lead.end()
            who = part(quote, start, end)
            if who and not any(a == start for a, _ in found):
                found.append((start, (("who", who), ("does", does))))
    return [group for _, group in sorted(found)]
