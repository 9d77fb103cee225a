"""A job to be done: whether something is to be achieved, felt, or shown to others."""

from __future__ import annotations

import re

from icp_synth.facts.parts import Group, level

_SOCIAL = re.compile(
    r"\b(?:(?:looks?|looking) like an?\b|(?:investors|clients|customers|partners|trustees|board|boss|peers|colleagues|neighbours|friends|people) (?:will |would )?think\b|(?:look|looks|looking|appear|come across)(?: like| as)? (?:a |an |more |so )*(?:professional|serious|good|credible|competent|"
    r"organi[sz]ed|established|modern|bad|amateur\w*|stupid|foolish|silly|practice|company|firm|brand)|(?:see|sees|seen|perceive|perceived|"
    r"regard|regarded|known|recogni[sz]ed) (?:\w+ )?as|in front of|impress\w*|taken? (?:us |me )?seriously|reputation|prestige|credib\w+|"
    r"respect(?:ed)? (?:by|from)|(?:my|our) (?:peers|neighbours|colleagues|friends|board|boss) (?:to )?(?:see|stop|think|know|notice)|"
    r"think (?:of us|of me|we're|we are|i'm|i am)|in the eyes of|show off|(?:to )?see that (?:we|i) )\b",
    re.I,
)
_EMOTIONAL = re.compile(
    r"(?:n't (?:want to |have to )*(?:worry|panic|dread)|\b(?:(?:to |i |we |you |them |me |us |people |couples |customers |clients )feel (?!that\b|the\b|it's\b|it is\b|like the\b|there\b)\w+|feel(?:ing)? (?:safe|secure|calm|"
    r"confident|in control|good|proud|less)|confiden(?:t|ce) (?:that|in|about|i|we)|peace of mind|sleep (?:at night|better|well)|lying awake|"
    r"lie awake|stop worrying|(?:not|n't|without|never|stop) (?:have to |want to |having to )*(?:worry|worrying|panic\w*|dread\w*|stress\w*)|worry-free|"
    r"(?:be|stay|keep|keeps) calm|relax|reassur\w+|anxi\w+|less stress\w*|dread(?:ing)?|nervous|proud of|enjoy))\b",
    re.I,
)
_ACTION = r"(?!be\b|see if\b|think\b|say\b|feel\b)[a-z]{2,}"
_FUNCTIONAL = re.compile(
    rf"(?:^\W*(?:and |so )?(?:to (?!be\b|feel\b|look\b|my\b|our\b|the\b|me\b|us\b)[a-z]{{3,}} \w+)|\b(?:need|needs|needed|want|wants|wanted|able|hire|hired|use|uses|"
    rf"using|used|allows?|allowed|enables?|helps?|helped|way|ability|used it|bought it|in order|have|has)(?: \w+){{0,3}}? to {_ACTION} \w+|"
    r"\b(?:lets?|helps?|made|makes) (?:me|us|them|you|the \w+|our \w+|\w+s) (?!feel\b|know\b|down\b)[a-z]{3,} \w+|"
    r"\buse[sd]? (?:it|this|them) (?:for|to|as)\b|\busing (?:it|this) (?:for|to)\b|\bso (?:that )?(?:we|i|they) (?:can|could) \w+|"
    r"\b(?:i|we|they|he|she|you|nurses|\w+ers) (?:can|could) (?!be\b|feel\b|say\b|think\b|have\b|see why\b)[a-z]{2,} \w+|\bbeing able to [a-z]+|\bgives (?:me|us|them|you) (?:a|an|the|my|our)\b|"
    r"\b(?:allow|allows|enable|enables|allowed) (?:further |the )?[a-z]+(?:ion|ing)\b)",
    re.I,
)


def read(quote: str) -> list[Group]:
    """One group with the `facet`, or none where the quote only says that something is good."""
    flat = level(quote)
    if _SOCIAL.search(flat):
        return [(("facet", "social"),)]
    if _EMOTIONAL.search(flat):
        return [(("facet", "emotional"),)]
    return [(("facet", "functional"),)] if _FUNCTIONAL.search(flat) else []
