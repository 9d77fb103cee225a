"""The wording of a theme: a customer's own phrase, shortened by rule, so that it is true by construction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from icp_synth.records import Kind, Statement, Theme, Wording
from icp_synth.substance import substance

_OPENERS = re.compile(
    r"^(?:[-*•>\s]+|(?:yeah|yes|yep|yup|no|nope|so|well|okay|ok|um+|uh+|erm|hmm|oh|look|right|sure|honestly|frankly|"
    r"basically|actually|anyway|also|and|but|i mean|you know|i guess|like|to be (?:honest|fair)|kind of|sort of)"
    r"(?:[,.…—–-]+\s*|\s+(?=(?:i|we|it|the|our|they|that|this|you|there|then|so|yeah|um|uh)\b)))+",
    re.I,
)
_FILLER = re.compile(r"\s*,?\s*\b(?:um+|uh+|erm|you know|i mean|like,)(?=[\s,])\s*,?", re.I)
_MARKUP = re.compile(r"(?:\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|\[(?=[^\]]*\]\()|\]\([^)]*\))+")
# A bold label of a note ("**Governance:** …"). Any other beginning may change what follows ("Not needed: …").
_LABEL = re.compile(r"^\W*(?:\*\*|__)[^*_]{2,40}:(?:\*\*|__)\s+(?=\S)")
_CUT = re.compile(
    r"\s*(?:;|\s[—–-]\s|,\s(?=(?:which|who|so|and (?:we|they|it|then)|because|where|while|although|with)\b))"
)
_LONGEST = 24


def headlines(
    themes: Sequence[Theme], chosen: Mapping[str, Wording], statements: Mapping[str, Statement]
) -> dict[str, str]:
    """A headline per theme id: the words of the member that was chosen for it, shortened to about 24 words.

    Where none of its members was chosen, the one that says it best speaks.
    """
    spoken = {
        theme.id: one.headline
        if (one := chosen.get(theme.id)) and one.headline in theme.members
        else best([statements[m] for m in theme.members], theme.kind).id
        for theme in themes
    }
    return {theme: shorten(statements[statement].quote) for theme, statement in spoken.items()}


def best(members: Sequence[Statement], kind: Kind) -> Statement:
    """The member that says it best: plain, self-contained, confident."""
    return min(enumerate(members), key=lambda ranked: (_cost(ranked[1], kind, ranked[0]), ranked[1].id))[1]


def _cost(member: Statement, kind: Kind, rank: int) -> float:
    words = len(member.quote.split())
    cost = abs(words - 14) / 14 + 1.2 * (1 - member.confidence.get(kind, 0.0)) + 0.04 * min(rank, 20)
    cost += 1.5 * (1 - substance(_OPENERS.sub("", member.quote)))
    cost += 0.6 * ("<" in member.quote) + 0.4 * (words < 4) + 0.5 * member.quote.rstrip().endswith("?")
    return cost


def shorten(quote: str) -> str:
    """Drop openers, fillers and markup; cut a long sentence at a clause, with an ellipsis where something is left out."""
    text = " ".join(_MARKUP.sub(_gap, _LABEL.sub("", quote)).split())
    text = _OPENERS.sub("", text) or text
    text = _FILLER.sub(" ", text)
    text = " ".join(text.split())
    if len(text.split()) > _LONGEST:
        text = _cut(text)
    text = text.rstrip(" ,;:")
    if not text:
        return " ".join(quote.split())
    return text[0].upper() + text[1:]


def _gap(mark: re.Match[str]) -> str:
    """A space where a mark alone kept two words apart."""
    before, after = mark.string[: mark.start()][-1:], mark.string[mark.end() :][:1]
    return " " if before.isalnum() and after.isalnum() else ""


def _cut(text: str) -> str:
    ends = [match.start() for match in _CUT.finditer(text) if 7 <= len(text[: match.start()].split()) <= _LONGEST]
    if ends:
        return text[: ends[-1]].rstrip(" ,;") + " …"
    return " ".join(text.split()[:_LONGEST]).rstrip(" ,;") + " …"
