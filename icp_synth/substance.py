"""How much a sentence says by itself, out of its context: what is quoted alone must be understood alone."""

from __future__ import annotations

import re

from icp_synth.evidence import content_words

# Words that carry little without what was said before them.
_THIN = frozenset(
    """also always another anybody anyone anything around away back better big bit came come comes coming day days did
    different does doing done either else enough even ever every everybody everyone everything exactly far feel few
    find first five four get gets getting give given go goes going gone good got great guess happen happened happens
    hard help honest honestly keep kind knew know last least less let like little long look looked looking lot lots
    made make makes making many maybe mean means much need never new next nice nobody now number okay old one ones part
    people person pretty probably put question quite rather real really reason right said same saw say saying says see
    seen seems several she show since six sixth someone something sometimes somewhere sort still stuff sure take taken
    takes talk tell ten thank thanks thing things think third thirty though thought three three time times today told
    took tried try two twenty under understand upon usually want wanted wants way week went whatever whole word work
    works would wrong year years yeah yes yesterday yet january february march april june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday can't don't didn't doesn't isn't wasn't
    it's that's there's i'm we're they're you're he's she's we've i've they've i'd we'd they'd we'll i'll they'll who's
    what's let's""".split()
)
_LEANS_BACK = re.compile(
    r"^(?:\W|and|but|so|because|then|also|well|yeah|just|or|which)*\b(?:it|this|that|they|these|those|he|she|him|her|them|"
    r"such|one|mine|ours|his|hers|the (?:last|first|same|other|next|second|latter|former) one|both|neither|none|"
    r"if so|same)\b",
    re.I,
)
_PRONOUN = re.compile(r"\b(?:it|this|that|they|he|she|him|her|them|there)\b", re.I)


def substance(text: str) -> float:
    """From 0 (says nothing by itself) to 1: distinct telling words, less what leans on an earlier sentence."""
    telling = {word for word in content_words(text) if word not in _THIN and (len(word) > 2 or word.isdigit())}
    weight = min(len(telling), 6) / 6
    pronouns = len(_PRONOUN.findall(text)) / max(len(text.split()), 1)
    weight -= 0.25 * bool(_LEANS_BACK.match(text)) + min(pronouns, 0.3)
    return max(0.0, min(1.0, weight))
