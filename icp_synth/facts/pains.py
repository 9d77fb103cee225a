"""A pain: how things are, what is wished for instead, and what comes of it (cost, time, lost business, work by hand)."""

from __future__ import annotations

import re

from icp_synth.facts.parts import NUMBER_WORD, Group, level, part, sentences

_LOSS = (
    r"(?:los(?:e|es|t|ing)|miss(?:es|ed|ing)?|wast(?:e|es|ed|ing)|end(?:s|ed)? up|ha(?:s|ve|d) to|oversell|overpay|"
    r"cost(?:s|ing)?|spend(?:s|ing)?|spent|got? fined|pays? (?:twice|overtime)|redo(?:es|ing)?|rekey|re-?enter)"
)
_WHO = r"(?:we|they|i|you|he|she|it|that|this|people|nobody|someone|somebody|everyone|everybody|(?:the|our|my|two|three|each|every|one) [\w' -]{2,30}?)"
# Each names the consequence `out`; what stands before the match in its sentence is the situation.
_IMPACTS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:,|;|\s[–—-])\s*(?:and )?(?:so that|so)\s+(?!far\b|much\b|many\b|on\b|what\b|to\b|called\b|long\b|good\b|this\b|about\b|it seems\b|"
        r"that's\b|hopefully\b|(?:we|they|i|you|he|she|people) (?:can|could|will|would|may|chose|decided|bought|switched|went with|"
        r"started looking|looked|asked|(?:have |has )?(?:stuck|stayed|kept))\b)(?P<out>.+)$",
        r"(?:,|;|\s[–—-])?\s*\bwhich (?:basically |really |also )?(?:means|meant)(?: that)?\s+(?P<out>.+)$",
        r"(?:,|\s[–—-])\s*which (?P<out>(?:costs?|leads? to|led to|leaves?|forces?|forced|results? in|slows?|delays?|delayed|wastes?)\s.+)$",
        r"(?:,|\s[–—-])\s*meaning(?: that)?\s+(?P<out>.+)$",
        rf"\b(?P<out>(?:takes?|took|costs?|wastes?|loses?|lost|eats) (?:up )?(?:us |me |them |him |her |people |someone |our \w+ |my \w+ |the \w+ )?(?:about |around |roughly |nearly |almost |over |up to )?"
        rf"(?:[$£€] ?\d[\d,.]*\w?|(?:\d[\d,.]*|{NUMBER_WORD}|half an?|an?) (?:hours?|days?|weeks?|months?|minutes?|euros?|pounds?|dollars?|customers?|clients?|orders?|deals?))\b[^,;]*)",
        r"^\W*(?:and )?(?:as a (?:result|consequence)|because of (?:that|this|it)|consequently|therefore)\s*,?\s+(?P<out>.+)$",
        r"^\W*(?:and )?(?:this|that|it|which) (?:just |basically |also )?(?:means|meant)(?: that)?\s+(?P<out>.+)$",
        r"^\W*(?:and )?(?P<out>(?:this|that|it) (?:just |also )?(?:costs?|cost|takes?|wastes?|delays?) "
        r"(?:us|me|them|our|some|the|a|an|about|around|nearly|almost|\d|" + r"two|three|four|five|six|half)\b.+)$",
        rf"(?:,|;|\s[–—-])?\s+and (?P<out>{_WHO} (?:then |always |usually |often )?{_LOSS}\b.+)$",
        r"(?:,|;|\s[–—-])\s*and (?P<out>[^,;]{3,60} by hand\b.*)$",
        r"^\W*(?P<out>[^,;]{2,40}? ends? up \w+ing\b.+)$",
        r"^\W*so (?P<out>(?:we|they|i|people|nobody|someone|somebody|every \w+|the \w+) (?!can\b|could\b|will\b|would\b|far\b|chose\b|"
        r"decided\b|bought\b|switched\b|went\b|looked\b|asked\b|started\b|what\b|how\b|have\b|are\b|were\b)\w.+)$",
    )
)
_IN_THE_SENTENCE_BEFORE = re.compile(
    r"^\W*(?:and |so |which )?(?:this|that|it|as a|because of|consequently|therefore|we|they|i|means)\b", re.I
)
_AFTER_A_PAUSE = (
    r"(?=\s*(?:[,;]\s*(?:but|because|since|as|so|and|which|though|while|instead|yet)\b|\s+(?:but|because)\b|[.!?;]|$))"
)
_POLITE = r"(?!(?:to )?(?:think|thank|say|add|mention|point|stress|emphasi[sz]e|talk|stay|keep|continue)\b)"
_WISHES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern + _AFTER_A_PAUSE, re.I)
    for pattern in (
        r"\b(?:i|we|they|everyone|everybody)(?: do)?(?: just| really| often| only)? wish(?: that)? (?P<out>.{6,}?)",
        r"\bif only (?P<out>.{6,}?)",
        r"\b(?:ideally|in an ideal world|in a perfect world),? (?P<out>.{6,}?)",
        r"\bwhat (?:i|we|they)(?:'d| would| really)* (?:love|like|want|need) (?:is|would be) (?P<out>.{6,}?)",
        rf"\b(?:i|we|they|he|she)(?:'d| would)(?: just| really| also)* (?:love|like) {_POLITE}(?P<out>.{{6,}}?)",
        rf"(?<!time )(?<!when )(?<!if )(?<!what )(?<!whatever )\b(?:we|i|they)(?: just| really| still| also)* want {_POLITE}(?!(?:it|that|this|one|some|more|any)\s*$)(?P<out>.{{6,}}?)",
        r"(?:^|[;,.]\s*)\s*(?:still )?wants (?P<out>.{6,}?)",
        r"\b(?:it|that) would be (?:great|nice|good|lovely|helpful|ideal|useful) (?:if|to) (?P<out>.{6,}?)",
        r"\bcould (?:provide|offer|have|use) (?P<out>(?:a |an |some )?(?:better|more|clearer|easier|simpler) .{4,}?)",
    )
)
_REST = re.compile(r"\s*[,;]?\s*(?:but|because|since|as|while|though)\s+(?P<now>[^.!?;]{8,})", re.I)
_LEAST_WORDS = 3


def read(quote: str) -> list[Group]:
    """Groups of `situation` and `impact`, and of `wish` (with the situation that it is set against)."""
    flat = level(quote)
    groups: list[Group] = []
    places = sentences(flat)
    for n, (start, end) in enumerate(places):
        wished = _wish(quote[start:end], flat[start:end])
        if wished:
            groups.append(wished)
            continue
        found = _impact(flat[start:end])
        if found is None:
            continue
        at, out, stop = found
        if 0 < len(flat[start : start + at].split()) < _LEAST_WORDS - 1:  # an opener (“um, so …”) leads to nothing
            continue
        before = (start, start + at)
        if not flat[slice(*before)].strip(" ,;-–—") and n:
            before = places[n - 1]
        situation, impact = part(quote, *before), part(quote, start + out, start + stop)
        group: Group = (("impact", impact),)
        if len(situation.split()) >= _LEAST_WORDS and not _impact(flat[slice(*before)]):
            group = (("situation", situation), *group)
        if len(impact.split()) >= _LEAST_WORDS:
            groups.append(group)
    return groups


def wish(quote: str) -> str | None:
    """What a statement beside a pain wishes for, or None."""
    flat = level(quote)
    found = (_wish(quote[start:end], flat[start:end]) for start, end in sentences(flat))
    return next((text for group in found if group for name, text in group if name == "wish"), None)


def impact(quote: str) -> str | None:
    """What a statement beside a pain says comes of it; None unless it points back (“that costs us …”, “so we …”)."""
    flat = level(quote)
    start, end = next(iter(sentences(flat)), (0, 0))
    found = _impact(flat[start:end])
    if (
        found is None
        or flat[start : start + found[0]].strip(" ,;-–—")
        or not _IN_THE_SENTENCE_BEFORE.match(flat[start:])
    ):
        return None
    return part(quote, start + found[1], start + found[2])


def _impact(sentence: str) -> tuple[int, int, int] | None:
    """Where the words that lead to the consequence begin, and where the consequence begins and ends."""
    matches = [match for pattern in _IMPACTS if (match := pattern.search(sentence))]
    first = min(matches, key=lambda match: match.start(), default=None)
    return None if first is None else (first.start(), first.start("out"), first.end("out"))


def _wish(said: str, sentence: str) -> Group | None:
    matches = [match for pattern in _WISHES if (match := pattern.search(sentence))]
    if not matches:
        return None
    first = min(matches, key=lambda match: (match.start("out"), match.end("out")))
    wished: Group = (("wish", part(said, *first.span("out"))),)
    rest = _REST.match(sentence, first.end("out"))
    return (("situation", part(said, *rest.span("now"))), *wished) if rest else wished
