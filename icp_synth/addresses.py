"""Street addresses: number and street in several languages, flats, post boxes, postcodes, and what follows "address is". Pure.

An address begins at something that only addresses have and goes on through the flat, town, region, country and
postcode that stand behind it, also over line breaks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from icp_synth.evidence import FUNCTION_WORDS
from icp_synth.records import Redaction, Utterance

_UPPER = "A-Z" + "".join(chr(c) for c in range(0xC0, 0x530) if chr(c).isupper())
_CAP = rf"(?:[{_UPPER}][\w'’.-]*|d['’][{_UPPER}][\w'’.-]*)"
_LINK = (
    r"(?:d[aeiou]s?|del|della|delle|dos|das|du|des|la|le|les|van|von|der|den|af|of|the|and|y|e|i|aan|op|zu|am|im|nad)"
)
_CAPS = rf"(?:{_LINK}\s+)*{_CAP}(?:\s+(?:{_LINK}\s+)*{_CAP}){{0,4}}"
_SURE = (
    r"street|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|parkway|pkwy|highway|hwy|crescent|terrace|"
    r"square|alley|nagar|colony|marg|chowk|bazaar|bazar|expressway|turnpike|esplanade"
)
_MAYBE = r"st|dr|ct|sq|place|pl|way|circle|cir|close|row|quay|mews|gardens?|grove|hill|park|walk|trail|loop|ridge|run|path|plaza|pike"
_GLUED = (
    r"(?:stra(?:ss|ß)e|str|straat|gracht|singel|kade|dreef|körút|gatan?|gade|v[äa]gen|vej|veien|vegen|stræti|gasse|weg|laan|plein|dijk|katu|kuja|tie|utca|"
    r"ring|allee|damm|ufer|platz|stien|gränd|strand)"
)
_KIND = (
    r"(?:rue|avenue|av\.|avda\.?|avenida|calle|c/|via|viale|vicolo|corso|piazza|largo|paseo|plaza|pl\.|ul\.|ulica|al\.|os\.|rua|"
    r"travessa|praça|camino|carrera|boulevard|chemin|place|allée|quai|impasse|cours|postbox|postboks|rúa|carrer|kj\.|trg|nám\.)"
)
_FLAT = r"(?:apt|apartment|suite|ste|unit|flat|floor|room|rm|bldg|building)\b\.?\s*#?\s?\w*\d\w*"
_STATE = r"(?:A[AEKLPRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
_CODE = (
    r"(?:\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{2}-\d{3}|\d{4}\s?[A-Z]{2})"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_DIRECTION = r"(?:(?:north|south|east|west|n|s|e|w|ne|nw|se|sw)\b\.?\s+)?"
_TAIL = re.compile(
    rf"(?:\s*,?[ \t?]*\n?[ \t?>]*\n?[ \t]*(?:,[ \t]*)?(?i:{_FLAT})|\s*,?[ \t?>]*\n?[ \t?>]*,?[ \t]*{_STATE}\s+{_CODE}|"
    rf"(?:,[ \t]*|[ \t]*\n[ \t?>]*\n?[ \t?>]*(?:,[ \t]*)?|[ \t]+)(?:{_CAPS}(?:[ \t]\([{_UPPER}]\w+\))?(?:,?[ \t]{_CODE})?|{_CODE})(?=[\s,.;)]|$)|"
    # a town and more in small letters, on lines or behind commas of their own, up to a postcode
    rf"(?:[ \t?>]*(?:,|\n)[ \t?>]*(?:\n[ \t?>]*)?(?:,[ \t]*)?(?:[^\W\d_][\w'’.()-]*[ \t]*){{1,4}}){{1,3}}[ \t]*\n?[ \t?>]*(?!(?:19|20)\d\d\b)\d{{4,6}}\b)"
)
_ANCHORS = [
    re.compile(rf"(?i)(?<![\w.$€£])(?:no\.?[ \t])?\d{{1,6}}(?:[ \t]?[a-z]\b)?(?:[/-]\d+)?,?[ \t]+{_DIRECTION}(?:\d+(?:st|nd|rd|th)[ \t]+)?(?P<middle>(?:[^\W\d_][\w'’.-]*[ \t]+|\d{{1,4}}[ \t]+){{1,4}})(?:{_SURE})\b\.?"),
    re.compile(rf"(?<![\w.$€£])\d{{1,6}}[A-Za-z]?,?\s(?:{_CAP}\s){{1,3}}(?i:{_SURE})\b\.?"),
    re.compile(rf"(?<![\w.$€£])\d{{1,6}}[A-Za-z]?(?:[/-]\d+)?,?\s+(?i:{_DIRECTION})(?:\d+\s+)?{_CAP}(?:\s+{_CAP}){{0,3}}\s+(?i:{_MAYBE})\b\.?"),
    re.compile(rf"(?i)(?<![\w.$€£])\d{{3,5}}[ \t]+{_DIRECTION}(?P<middle>[a-z][\w'’.-]*[ \t]+(?:[a-z][\w'’.-]*[ \t]+)?)(?:{_MAYBE})\b"),
    re.compile(rf"(?i)(?<![\w-])(?:(?<!\.)\d{{1,6}}\s+)?(?:[^\W\d_][\w'’.-]{{1,30}}[ -]){{0,2}}[^\W\d_]{{2,30}}{_GLUED}\.?\s+\d{{1,5}}[a-z]?\b"),
    re.compile(rf"(?i)(?<![\w.$€£])\d{{1,6}}\s+(?:[^\W\d_][\w'’.-]{{1,30}}[ -]){{0,2}}[^\W\d_]{{3,30}}{_GLUED}\b"),
    re.compile(rf"(?:(?<![\w.])\d{{1,6}},?\s+)?(?<!\w)(?i:{_KIND})\s+{_CAPS}\s+\d{{1,5}}\w?\b"),
    re.compile(rf"(?<![\w.])\d{{1,6}},?\s+(?i:{_KIND})\s+{_CAPS}"),
    re.compile(rf"(?<![\w.$€£])\d{{2,6}}[ \t]+(?:\d{{1,4}}[ \t]+)?(?!(?i:{_MONTH}))(?:{_LINK}[ \t]+)?{_CAP}(?:[ \t]+(?:{_LINK}[ \t]+)*\w[\w'’.-]*){{0,3}}[ \t]+\d{{1,4}}\b(?=[ \t]*,?[ \t]*\n|[ \t]*,?[ \t]+(?i:apt|suite|unit)|,[ \t]+{_CAP}|[ \t]+{_CAP}|[ \t]*$)"),
    re.compile(r"(?i)(?<![\w.$€£])\d{2,6}[ \t]+(?:[^\W\d_][\w'’.-]*[ \t]+){1,4}(?:\d{1,4}[ \t]+)?(?=(?:apt|suite)\.?[ \t]\d)"),
    re.compile(r"(?i)\b(?:p\.?\s?o\.?\s?box|postbus|postfach|casilla)\s\d+"),
    re.compile(r"(?i)\b(?:psc|unit|cmr|uss)\s\d+,?\s+box\s\d+"),
    re.compile(r"(?i)\b(?:apo|fpo|dpo)\s+a[aep]\s+\d{5}|\buss?\s\w+\n?\s*(?:apo|fpo|dpo)\s+a[aep]\s+\d{5}"),
    re.compile(r"(?i)(?<!\w)(?:apt|apartment|suite|ste)\b\.?\s*#?\s?\d\w*"),
    re.compile(rf"(?i)\b(?:[^\W\d_]+(?:\s+[^\W\d_]+)?,?\s+)?\b{_STATE}\s+\d{{5}}(?:-\d{{4}})?\b"),
    re.compile(r"(?i)\b(?:door|house|flat|plot|building)\s(?:no\.?|number)\s?\d\w*"),
    re.compile(rf"(?i)\b(?:lives?|lived|living|located|office is|offices are|move[ds]?|moving|return(?: it)?|ship(?: it)?|meet me|taxi|sent|deliver(?:ed)?|side of|stay(?:ing|s)?) (?:(?:on|at|in|to) )?(?:the corner of )?(?P<it>(?-i:{_CAPS})[ \t]\d{{1,5}}\w?\b)"),
    re.compile(r"(?i)\b(?:the corner of )(?P<it>[^\n.?!]{5,60})"),
    re.compile(r"(?i)\b(?:new |home |mailing |billing |shipping |street |postal |delivery |my |current )address(?:\s+(?:is|now|will be|to|:)|:)+\s*(?P<it>(?=[^\n]{0,25}\d)[^\n?!;]{4,90})"),
]  # fmt: skip  # noqa: E501
_NO_STREET = (FUNCTION_WORDS - frozenset("a an of the down over under off".split())) | frozenset(
    "minute minutes hour hours mile miles people users cars lane lanes way ways km block blocks years days".split()
)

_SAID_WITH_IT = 5  # words


def addresses(text: str, utterances: Sequence[Utterance] = ()) -> Iterator[Redaction]:
    """Street addresses in `text`, which may overlap. In what somebody says, the few words behind one belong to it."""
    if not re.search(r"\d", text):
        return
    for anchor in _ANCHORS:
        for match in anchor.finditer(text):
            words = (match.groupdict().get("middle") or "").lower().split()
            if "middle" in anchor.groupindex and (
                not words or any(w.strip(".") in _NO_STREET or (w[-1] == "." and len(w) > 4) for w in words)
            ):
                continue
            if len(words) == 1 and words[0].endswith("s") and match.group().islower():  # "5 engineers drive this"
                continue
            start, end = match.span("it") if "it" in anchor.groupindex else match.span()
            end = _whole(text, end)
            at = bisect_right(utterances, start, key=lambda one: one.start) - 1
            said = utterances[at] if at >= 0 else None
            if said and start < said.end and end < said.end and len(text[end : said.end].split()) <= _SAID_WITH_IT:
                end = said.end
            yield Redaction(start=start, end=end, entity="STREET_ADDRESS", score=0.7)


def _whole(text: str, end: int) -> int:
    """Where the address ends that began before `end`: at most five more parts, none behind the end of a sentence."""
    for _ in range(5):
        if (
            text[end - 1 : end] == "."
            and text[end : end + 1] == " "
            and not re.search(r"(?i)(?:st|ave|rd|apt|blvd|dr)\.$", text[max(0, end - 6) : end])
        ):
            break
        match = _TAIL.match(text, end)
        if not match or match.end() == end:
            break
        end = match.end()
    return end
