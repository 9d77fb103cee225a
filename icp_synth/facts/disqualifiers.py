"""A disqualifier: whether it comes from somebody who didn't buy, who left, or who is content and says whom it isn't for."""

from __future__ import annotations

import re

from icp_synth.facts.parts import Group, level
from icp_synth.records import Outcome

_NOT_FOR = re.compile(
    r"(?:(?:\bnot|\bnever|n't)(?: really| just)? (?:for (?:you|beginners|anyone|small|large|big|tiny|people|teams|companies|shops|firms|those)|"
    r"(?:meant|made|built|designed|suitable|suited|intended|right|ideal|a (?:good |great )?fit|worth it|worth the \w+|cut out) (?:for|if|when|below|under|with)|recommend (?:it|this|them)? ?(?:to|for|if))|"
    r"\boverkill (?:for|if)|\bbetter off (?:with(?:out)?|using|staying)|\bwasting (?:your|their) (?:money|time)|\bwrong (?:tool|choice|product|fit|system) (?:for|if)|"
    r"\b(?:don't|do not) (?:bother|buy it|get it) (?:if|unless|with)|\b(?:makes?|made) no sense (?:for|if|with|below)|\bonly (?:makes sense|worth it|pays off) (?:if|when|for|from|above)|"
    r"\bno good (?:for|to|if)|\blook elsewhere\b|\bstay away\b|\bunsuitable for|\bnot much use (?:to|for|if)|\bpoor fit\b|\bnot a fit\b|"
    r"\btoo (?:big|complex|complicated|heavy|expensive|much|basic|rigid) for (?:(?:a|an|any) )?(?:small(?:er)?|tiny|large|team|company|shop|firm|business|practice|anyone|anybody|companies|teams|us\b|our size|our needs|most)|"
    r"\bwe (?:are|were|'re) (?:simply |just |far |probably )?too (?:small|big|large|young|early)\b)",
    re.I,
)
_LEFT = re.compile(
    r"\b(?:we|i|they)(?:'ve| have| had)? (?:left|cancelled|canceled|churned|stopped using|stopped paying|didn't renew|did not renew|went back to|closed our account)\b",
    re.I,
)
_PASSED = re.compile(
    r"\b(?:we|i|they)(?: then| finally| eventually)? (?:went with (?:somebody|someone|another|a competitor|a different)|passed on it|didn't buy|did not buy|decided against (?:it|you)|chose (?:somebody|someone|another))\b",
    re.I,
)


def read(quote: str, outcome: Outcome | None) -> list[Group]:
    """One group with `comes_from`, or none where nothing says what became of the account."""
    flat = level(quote)
    if outcome == "lost" or (outcome is None and _PASSED.search(flat)):
        return [(("comes_from", "lost"),)]
    if outcome == "churned" or (outcome is None and _LEFT.search(flat)):
        return [(("comes_from", "churned"),)]
    return [(("comes_from", "satisfied"),)] if outcome and says_not_for(quote) else []


def says_not_for(text: str) -> bool:
    """Whether somebody says outright whom or what it isn't for, be it themselves."""
    return _NOT_FOR.search(level(text)) is not None
