"""Finding personal data: a tagger for names, Presidio for what has a checksum, rules for the rest.

The spaCy pipe holds the `ner` component alone (it has its own tok2vec). Presidio's recognizers are called directly. The
model comes from the package index; nothing is fetched at run time.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy.language import Language
from thinc.api import NumpyOps, set_current_ops

from icp_synth.adapters import ner, recognizers
from icp_synth.adapters.english import NAME, load_english
from icp_synth.adapters.name_lists import known_names
from icp_synth.addresses import addresses
from icp_synth.answers import answers
from icp_synth.errors import ScrubError
from icp_synth.folding import Folded, fold
from icp_synth.identifiers import identifiers, unmistakable
from icp_synth.person_names import is_thing, listed_persons, person_in_label, tagged_persons, with_capitals
from icp_synth.records import Passage, Redaction, Utterance

_THINGS = frozenset({"ORG", "PRODUCT", "GPE", "FAC", "WORK_OF_ART"})
_BATCH, _PIECE = 64, 20_000


class Second(NamedTuple):
    """What the tagger of our own finds in a text: persons with their chances, and what its words bear out."""

    persons: list[tuple[int, int, float]]
    trusted: list[Redaction]


def _load_pipe() -> Language:
    # numpy's matrix product, since BLIS is the slower one on short texts.
    set_current_ops(NumpyOps(use_blis=False))
    return load_english(exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"])


class PresidioDetector:
    """Implements `ports.Detector`. Building one loads the model (about two seconds); it can then be called often."""

    name = f"presidio-{NAME}"

    def __init__(self) -> None:
        logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
        try:
            self._nlp = _load_pipe()
            self._ner = ner.load()
            self._checked = recognizers.checked_recognizers()
            self._names = known_names()
        except ScrubError:
            raise
        except Exception as error:
            raise ScrubError(
                f"The scrubber could not be loaded ({type(error).__name__}).", "Run `icp-synth doctor`."
            ) from error

    def find(self, text: str) -> Sequence[Redaction]:
        """Personal data in `text`, with offsets into it. Raises ScrubError where it can't be looked at."""
        found = self.find_all([Passage(text=text)])[0]
        if isinstance(found, ScrubError):
            raise found
        return found

    def find_all(self, passages: Sequence[Passage]) -> list[Sequence[Redaction] | ScrubError]:
        """Personal data in many texts, in one pass of the tagger; a text that fails gives its error instead."""
        try:
            return self._look(passages)
        except Exception as error:
            if len(passages) > 1:
                return [found for passage in passages for found in self.find_all([passage])]
            return [
                ScrubError(
                    f"The scrubber failed ({type(error).__name__}).",
                    "Nothing of this source was kept; report the file.",
                )
            ]

    def find_in_label(self, text: str) -> Sequence[Redaction]:
        """In a file name: a known first name followed by a known last name, and identifiers that need no context."""
        folded = fold(text)
        persons = person_in_label(folded.text, self._names)
        return folded.placed(
            [
                *(Redaction(start=start, end=end, entity="PERSON", score=0.6) for start, end in persons),
                *unmistakable(folded.text),
            ]
        )

    def _look(self, passages: Sequence[Passage]) -> list[Sequence[Redaction] | ScrubError]:
        folded = [fold(passage.text) for passage in passages]
        cased = [with_capitals(one.text, self._names) for one in folded]
        pieces = [(n, start, text[start:end]) for n, text in enumerate(cased) for start, end in _pieces(text)]
        persons: list[list[tuple[int, int]]] = [[] for _ in passages]
        things: list[Counter[str]] = [Counter() for _ in passages]
        for doc, (n, start) in self._nlp.pipe(
            ((text, (n, at)) for n, at, text in pieces), as_tuples=True, batch_size=_BATCH
        ):
            persons[n].extend((start + e.start_char, start + e.end_char) for e in doc.ents if e.label_ == "PERSON")
            things[n].update(e.text for e in doc.ents if e.label_ in _THINGS)
        second = self._second([one.text for one in folded])
        return [
            one.placed(
                self._found(one.text, text, _outvoted(text, spans, kept, said), said, _folded_utterances(passage, one))
            )
            for passage, one, text, spans, kept, said in zip(
                passages, folded, cased, persons, things, second, strict=True
            )
        ]

    def _second(self, texts: Sequence[str]) -> list[Second]:
        """What the tagger of our own makes of each text."""
        pieces = [(n, start, text[start:end]) for n, text in enumerate(texts) for start, end in _pieces(text)]
        said = [Second([], []) for _ in texts]
        for doc, (n, at) in self._ner.pipe(
            ((text, (n, at)) for n, at, text in pieces), as_tuples=True, batch_size=_BATCH
        ):
            said[n].persons.extend((at + start, at + end, chance) for start, end, chance in ner.persons(doc))
            for start, end, label, chance in ner.trusted(doc):
                if label == "ADDRESS":
                    said[n].trusted.append(
                        Redaction(start=at + start, end=at + end, entity="STREET_ADDRESS", score=chance)
                    )
                elif not is_thing(texts[n], at + start, at + end):
                    said[n].trusted.append(Redaction(start=at + start, end=at + end, entity="PERSON", score=chance))
        return said

    def _found(
        self,
        text: str,
        cased: str,
        persons: Sequence[tuple[int, int]],
        second: Second,
        utterances: Sequence[Utterance],
    ) -> list[Redaction]:
        names = [
            *tagged_persons(cased, persons, self._names, second.persons),
            *listed_persons(cased, self._names),
        ]
        return [
            *second.trusted,
            *(Redaction(start=start, end=end, entity="PERSON", score=0.7) for start, end in names),
            *(
                Redaction(start=start, end=end, entity=entity, score=round(score, 3))
                for start, end, entity, score in recognizers.checked(self._checked, text)
            ),
            *identifiers(text),
            *addresses(text, utterances),
            *answers(text, utterances, self._names),
        ]  # fmt: skip


def _outvoted(
    text: str, spans: Sequence[tuple[int, int]], things: Counter[str], second: Second
) -> list[tuple[int, int]]:
    """The spans without those whose words the tagger took for a thing more often than for a person in this text.

    What the second tagger takes for a person too stays.
    """
    votes = Counter(text[start:end] for start, end in spans)
    return [
        (start, end)
        for start, end in spans
        if things[text[start:end]] <= votes[text[start:end]] or any(start < b and a < end for a, b, _ in second.persons)
    ]


def _folded_utterances(passage: Passage, folded: Folded) -> Sequence[Utterance]:
    """Utterances with places in the folded text."""
    if not folded.starts:
        return passage.utterances
    return [
        one.model_copy(
            update={"start": bisect_left(folded.starts, one.start), "end": bisect_left(folded.starts, one.end)}
        )
        for one in passage.utterances
    ]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of at most `_PIECE` characters that end at a line break or, failing that, at a space: bounds the tagger's memory."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _PIECE)
        if end < len(text):
            cut = max(text.rfind("\n", start, end), start)
            end = (cut if cut > start else max(text.rfind(" ", start, end), start) or end) + 1
            end = end if end > start + 1 else min(len(text), start + _PIECE)
        if text[start:end].strip():
            yield start, end
        start = end
