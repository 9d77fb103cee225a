"""Lines that stand around what people say, and that nobody says: heads of reviews, votes, attachments, signatures.

Such lines are fields: structure, and never evidence. Replies that a company writes under a review are its own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 400  # patterns take their time over long runs of spaces
_MOST_ROWS = 10
_HEADLINE = 10  # words that may stand beside the stars: who, where, when, or a title
_STARS = r"[★☆⭐✩✭]"
_RATED = re.compile(
    rf"{_STARS}{{2,}}|^\W*(?:(?:overall |my |star )?rating|stars|score)\s*[:：]\s*\d|"
    rf"^\W*(?:rated )?[1-5](?:[.,]\d)?\s*(?:out of (?:5|10)|/\s?5|stars?)\b",
    re.IGNORECASE,
)
_RECORD_FIELD = re.compile(
    r"^\W*(?:title|headline|rating|score|stars|date|reviewer|reviewed|author|by|user|location|country|version|source|verified|"
    r"pros and cons|product|variant|size|colou?r|purchased|order|date of (?:experience|visit|stay))\s*[:：]\s*\S.{0,80}$",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:by\s+\S.{0,40}\s+on\s+\d|reviewed (?:on|in|by)\b.{0,60}$|.{1,40}\s[·•|]\s.{0,60}\b(?:19|20)\d{2}\W*$|"
    r"(?:posted|submitted|date of (?:experience|visit|stay))\b.{0,30}\b(?:19|20)\d{2}\W*$)",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"^\W*(?:was this (?:review|answer|comment) helpful\b.{0,60}|helpful\s*(?:[?:(\d].{0,60})?|"
    r"\d+ (?:of \d+ )?(?:people|persons?|users?|customers?) "
    r"found this.{0,40}|.{0,40}\bfound this (?:review )?helpful\W*|verified (?:purchase|buyer|purchaser|reviewer|"
    r"customer|user|owner)\b.{0,40}|"
    r"(?:attachments?|attached(?: files?)?|(?:photos?|images?|files?|screenshots?) attached)\s*[:：(].{0,120}|"
    r"\w[\w ]{0,20}[:：]\s*\d{1,2}(?:[.,]\d)?\s*/\s*\d{1,3}|<?(?:media|image|video|audio|sticker|gif) omitted>?|"
    r"messages (?:and calls|to this (?:chat|group)) are .{0,120}encrypted\b.{0,120}|this message was deleted\W*|"
    r"(?:sent from my|get outlook for|von meinem) .{1,40}|(?:conversation )?(?:started|ended|created|closed|"
    r"updated) (?:on|at)\b"
    r".{0,30}\b(?:19|20)\d{2}\b.{0,40}|read more|share|useful(?: \d+)?|show (?:more|less)|report abuse|"
    r"\d+\s+(?:likes?|repl(?:y|ies)|"
    r"comments?|shares?|upvotes?)|\(edited\))$",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"^\W*(?:confidentiality (?:notice|note)|disclaimer|legal notice|privileged and confidential)\b|"
    r"\b(?:this|the) (?:e-?mail|message|communication)\b.{0,120}\b(?:confidential|intended (?:only|solely)|privileged)\b|"
    r"\bintended (?:only|solely) for the (?:use of the )?(?:addressee|recipient|named)|"
    r"please consider the environment before printing|"
    r"^\W*(?:registered (?:in|office|company)|company (?:no|number|registration))\b.{0,120}\d",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"^\W*(?:day|week|entry|session|month)\s*#?\d{1,3}\b(?!\s+(?:we|i|it|they|was|were|is)\b)", re.IGNORECASE
)
_REPLY = re.compile(
    r"^\W*(?:(?:official |public )?(?:response|reply|comment|answer)\s+(?:from|by|of)\s+(?:the\s+)?(?P<who>[^:：\n]{2,60}?)|"
    r"(?:developer|owner|seller|vendor|manager|management|business|company|host|staff|team|property|"
    r"merchant)(?:['’]s)?\s+(?:response|reply|answer)"
    r"[^:：\n]{0,30}?)\s*(?:[:：]|$)\s*",
    re.IGNORECASE,
)
_INTERNAL = re.compile(r"^\W*(?:internal|private) (?:note|comment)s?\b[^\n]{0,100}$", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\s*(?:with )?(?:best|kind|warm|many|all the best|sincerely|cheers|thanks|thank you|thx|regards|yours|take care)"
    r"(?:\s+(?:regards|wishes|thanks|again|so much|very much|in advance|truly|sincerely|faithfully|and regards))*"
    r"\s*[,.!–-]*\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^\s*On\b.{5,200}\bwrote\s*:\s*$|^\s*-{2,}\s*(?:Original|Forwarded) message\s*-{2,}\s*$", re.IGNORECASE
)
_ENDS_SENTENCE = re.compile(r"[a-z]{2}[?!.]\s*$")


def is_rating(text: str) -> bool:
    """Whether a line gives stars or a rating, and so stands at the head of a review; not where the review follows on it."""
    found = _RATED.search(text[:_LONGEST])
    if found is None:
        return False
    rest = text[: found.start()] + text[found.end() :]
    return len(rest.split()) <= _HEADLINE and not _ENDS_SENTENCE.search(rest)


def is_record_field(text: str) -> bool:
    """Whether a line reads as a field in the head of a review: only where there are ratings all around."""
    return _RECORD_FIELD.match(text[:_LONGEST]) is not None or _BYLINE.match(text[:_LONGEST]) is not None


def is_around(text: str) -> bool:
    """Whether a line is none of anybody's words wherever it stands: votes, badges, attachments, devices, legal notices."""
    return len(text) <= _LONGEST and (_AROUND.match(text) is not None or is_legal(text))


def is_legal(text: str) -> bool:
    """Whether a line belongs to the legal footer of a mail."""
    return _LEGAL.search(text[:_LONGEST]) is not None


def is_entry(text: str) -> bool:
    """Whether a line heads an entry of a diary: `Day 3 - Monday, 07:45`."""
    return len(text.split()) <= 12 and _ENTRY.match(text) is not None and not _ENDS_SENTENCE.search(text)


def is_closing(text: str) -> bool:
    """Whether a line only takes leave, as above a signature: `Kind regards,`."""
    return len(text) <= _LONGEST and _CLOSING.match(text) is not None


def reply_start(text: str) -> int | None:
    """Where the words of a company begin that answers under a review, or notes inside a ticket; None for other lines."""
    if _INTERNAL.match(text):
        return len(text)
    found = _REPLY.match(text[:_LONGEST])
    if found is None:
        return None
    if re.search(r"(?i)\b(?:customer|client|user|participant|respondent|buyer)s?\b", found["who"] or ""):
        return None
    return found.end()


def signature(texts: Sequence[str], i: int) -> int:
    """How many lines from `i` on are a signature: a leave-taking, and short lines that are no sentences; 0 for none."""
    if not is_closing(texts[i]) or i + 1 >= len(texts):
        return 0
    last = i
    for n in range(i + 1, min(i + 1 + _MOST_ROWS, len(texts))):
        text = texts[n].strip()
        if not text or _WROTE.match(text):
            break
        if len(text) > 90 or len(text.split()) > 12 or (_ENDS_SENTENCE.search(text) and not is_around(text)):
            return 0
        last = n
    return last - i + 1 if last > i and texts[i + 1].strip()[:1].isupper() else 0


def quoted(texts: Sequence[str], i: int) -> int:
    """How many lines from `i` on quote an earlier mail: `On … wrote:` and all that stands behind `>`; 0 for none."""
    if not _WROTE.match(texts[i]):
        return 0
    last = i
    for n in range(i + 1, len(texts)):
        if texts[n].lstrip().startswith(">"):
            last = n
        elif texts[n].strip():
            break
    return last - i + 1
