"""A small tagger of our own for names and street addresses in chat, speech and notes, where cased models find little.

Two components: one tells of each word whether name lists and a dictionary know it, the other is a small convolutional
network (spaCy's hash-embedding tok2vec and a softmax) that gives each token its chance of being part of a PERSON or an
ADDRESS. Trained by `evals/training/pii/train.py` on generated text; the weights are msgpack, and verified before use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import Tagger
from spacy.tokens import Doc, Span

from icp_synth.adapters.ner.hints import hints
from icp_synth.errors import IcpSynthError

FOLDER = Path(__file__).parent / "model"
LABELS = ("ADDRESS", "O", "PERSON")
Finding = tuple[int, int, str, float]  # start and end in the text, label, chance
SPANS = "personal"  # key of `doc.spans` under which the findings are, with attrs["scores"] in 0..1
_SHA256 = "b2d98c63ea1d3d6aae07f422cd45666ff1d628c684372eea2cc8ced7fef3cc85"
_REMEMBERED = 100_000  # words
_STREET = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct way place pl terrace circle cir parkway pkwy square "
    "crescent close highway row nagar colony marg layout cross apt apartment suite unit flat box".split()
)


def load() -> Language:
    """The tagger, ready to call. Raises IcpSynthError where its files aren't the ones of this version."""
    if fingerprint(FOLDER) != _SHA256:
        raise IcpSynthError(
            f"{FOLDER} does not hold the model of this version (sha256 differs).", "Install icp-synth anew."
        )
    return spacy.load(FOLDER)


def persons(doc: Doc) -> list[tuple[int, int, float]]:
    """Start, end and chance of each PERSON, also of those that only a second opinion would make credible."""
    group = doc.spans[SPANS]
    return [
        (span.start_char, span.end_char, score)
        for span, score in zip(group, group.attrs["scores"], strict=True)
        if span.label_ == "PERSON"
    ]


def trusted(doc: Doc, chance: float = 0.9) -> list[Finding]:
    """The findings in a doc of this pipe that the words themselves bear out.

    Of a PERSON of at least this chance, some word must be a listed first name or a common last name, and no function
    word or verb, or all of several words have capitals and are in no dictionary; an ADDRESS must have three words,
    a number (also a spoken one) and a word for a street or a flat.
    """
    group = doc.spans[SPANS]
    spans = zip(group, group.attrs["scores"], strict=True)
    return [
        (span.start_char, span.end_char, span.label_, score)
        for span, score in spans
        if (_named(span) and score >= chance if span.label_ == "PERSON" else _placed(span))
    ]


def _named(span: Span) -> bool:
    listed = any(token.tag_[0] in "FGLg" and token.lemma_[0] not in "SV" for token in span)
    return listed or (len(span) > 1 and all(token.is_title and token.lemma_[0] not in "SVN" for token in span))


def _placed(span: Span) -> bool:
    numbered = any(token.like_num or any(char.isdigit() for char in token.text) for token in span)
    return len(span) >= 3 and numbered and any(token.lower_.strip(".") in _STREET for token in span)


def fingerprint(folder: Path) -> str:
    """The sha256 over the names and contents of all files of a folder, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


@Language.factory("icp_synth_name_hints")
def name_hints(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """A component that puts each token's hints where the network reads them: in its tag and its lemma."""
    lists = hints()
    cache: dict[int, tuple[int, int]] = {}

    def component(doc: Doc) -> Doc:
        for token in doc:
            key = token.lower
            if key not in cache:
                if len(cache) >= _REMEMBERED:
                    cache.clear()
                named, worded = lists.of(token.lower_)
                cache[key] = nlp.vocab.strings.add(named), nlp.vocab.strings.add(worded)
            token.tag, token.lemma = cache[key]
        return doc

    return component


@Language.factory("icp_synth_token_ner", default_config={"thresholds": {"PERSON": 0.5, "ADDRESS": 0.8}})
def token_ner(nlp: Language, name: str, model: Any, thresholds: dict[str, float]) -> TokenNer:
    """The tagger around its network; below its label's threshold a token is nothing."""
    return TokenNer(nlp.vocab, model, name, thresholds)


class TokenNer(Tagger):  # type: ignore[misc]
    """Sets `doc.ents` and `doc.spans["personal"]` from each token's chances. Trained as spaCy's tagger is."""

    def __init__(self, vocab: Any, model: Any, name: str, thresholds: dict[str, float]) -> None:
        super().__init__(vocab, model, name, scorer=None)
        self.cfg["thresholds"] = thresholds

    def predict(self, docs: Iterable[Doc]) -> Sequence[Any]:
        """Each doc's chances: (tokens, labels)."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [self.model.ops.alloc2f(len(doc), len(self.labels)) for doc in docs]
        return self.model.predict(docs)  # type: ignore[no-any-return]

    def set_annotations(self, docs: Iterable[Doc], batch_tag_ids: Sequence[Any]) -> None:
        """Spans of neighbouring tokens of one label; an address goes on over a sign, a space or one line break."""
        for doc, chances in zip(docs, batch_tag_ids, strict=True):
            found = list(self._runs(doc, chances))
            doc.set_ents([span for span, _ in found], default="unmodified")
            doc.spans[SPANS] = [span for span, _ in found]
            doc.spans[SPANS].attrs["scores"] = [score for _, score in found]

    def _runs(self, doc: Doc, chances: Any) -> Iterable[tuple[Span, float]]:
        labels, limits = list(self.labels), self.cfg["thresholds"]
        run: list[int] = []
        kind = ""
        for at in range(len(doc) + 1):
            said = "" if at == len(doc) or doc[at].is_space else self._label(chances[at], labels, limits)
            if run and said == kind and (at == run[-1] + 1 or _bridged(doc, run[-1] + 1, at, kind)):
                run.append(at)
            elif said or at == len(doc):
                if run:
                    yield (
                        Span(doc, run[0], run[-1] + 1, label=kind),
                        round(float(1 - chances[run, labels.index("O")].mean()), 3),
                    )
                run, kind = [at], said

    @staticmethod
    def _label(chances: Any, labels: list[str], limits: dict[str, float]) -> str:
        personal = 1 - chances[labels.index("O")]
        likelier = max(limits, key=lambda label: float(chances[labels.index(label)]))
        return likelier if personal >= limits[likelier] else ""


def _bridged(doc: Doc, start: int, end: int, label: str) -> bool:
    """Whether a run of tokens goes on over what stands between: in an address, a sign, a space or a line break."""
    return (
        label == "ADDRESS"
        and end - start <= 2
        and all(doc[at].is_punct or doc[at].is_space for at in range(start, end))
    )
