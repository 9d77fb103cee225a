"""The embedded reader: small heads over sentence embeddings, over words, and over what a reader would look at.

Two heads, trained on sentences written for it (`evals/training`, `make train`) and exported to a small `.npz` of plain
arrays; what is believed is the mean of both. A perceptron with one hidden layer looks at the vector of a sentence and that of
the question that it answers, a logistic regression per kind at the words and phrases of both; both at surface cues (voice, kind
of source, numbers, negation, wish and time words, …). A vector knows what is meant, words how it was put: together they err
less than each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icp_synth.analysts.lexicon import Lexicon, Row
from icp_synth.analysts.unaided import Unaided
from icp_synth.facts.disqualifiers import says_not_for
from icp_synth.ports import Passages, Vectors
from icp_synth.records import (
    Candidate,
    Kind,
    Outcome,
    Proposed,
    Record,
    SourceKind,
    Tone,
    Voice,
)
from icp_synth.substance import substance

KINDS: tuple[Kind, ...] = (
    "pain", "job", "trigger", "objection", "rebuttal", "disqualifier", "desired_outcome", "alternative", "proof",
    "buying_role", "fit_signal",
)  # fmt: skip
_TROUBLES: frozenset[Kind] = frozenset({"pain", "objection", "disqualifier"})
_DISQUALIFIER = KINDS.index("disqualifier")
TONES: tuple[Tone, ...] = ("trouble", "praise", "neutral")
_SOURCE_KINDS: tuple[SourceKind, ...] = ("interview", "ticket", "call", "win_loss", "survey", "review", "note")
_OUTCOMES: tuple[Outcome, ...] = ("won", "lost", "churned", "active")

BESIDE = 0.5  # how likely a further kind of a sentence must be, beside its likeliest; chosen on tekton
LEAST = 0.15  # substance below which a sentence is no statement, whatever the head says: it can't be quoted alone

# Cues in plain English, the same for every industry. No product or company is named.
_CUES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\d",
        r"\d+(?:\.\d+)?\s?(?:%|percent|x\b|times\b|k\b|m\b|million|thousand|hundred|rps|gb|tb)",
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?)\b",
        r"\b(?:no|not|never|none|nothing|without|cannot|hardly|lack(?:s|ed|ing)?|missing|absen\w+)\b|n['’]t\b",
        r"\?\s*$",
        r"\b(?:we|our|us|i|my)\b",
        r"\b(?:they|their|customer|client|adopter|team|prospect|organi[sz]ation)\b",
        r"\b(?:would (?:like|love|be)|wish|hope|hoping|want(?:s|ed)? to see|could be (?:better|improved)|looking forward|"
        r"plans? to|planning|in (?:the )?future|roadmap|ideally|should (?:have|be|offer|add)|looking ahead)\b",
        r"\b(?:evaluat\w+|compar\w+|consider\w+|looked at|alternatives?|instead of|rather than|previously|before that|"
        r"switched|replac\w+|migrat\w+|moved (?:from|off|away)|competitors?|home-?grown|in-house|spreadsheets?|incumbent)\b",
        r"\b(?:because|since|when|after|once|as soon as|due to|following|deadline|outgr\w+|grew|growth|growing|audit|"
        r"renewal|expir\w+|acqui\w+|merger|new (?:cto|cfo|ceo|vp|head))\b",
        r"\b(?:concern\w*|worr\w+|risk\w*|afraid|hesita\w+|doubt\w*|skeptic\w*|not sure|uncertain|reluctan\w+|nervous|"
        r"pushback|lock-?in)\b",
        r"\b(?:slow\w*|manual\w*|difficult\w*|hard|struggl\w+|challeng\w+|problem\w*|issue\w*|bug\w*|fail\w*|broken?|"
        r"error\w*|bottleneck\w*|workaround\w*|pain\w*|frustrat\w+|annoy\w+|confus\w+|complex\w*|tedious|expensive|cost\w*)\b",
        r"\b(?:easy|easier|easily|great|love\w*|fast\w*|quick\w*|simpl\w+|reliab\w+|flexib\w+|help\w*|excellent|good|"
        r"responsive|clear|useful|valuable|improv\w+|streamlin\w+|sav(?:e|es|ed|ing|ings))\b",
        r"\b(?:cfo|ceo|cto|cio|ciso|coo|vp|director|manager|head of|lead|owner|procurement|legal|security team|finance|"
        r"sign(?:s|ed)? off|approv\w+|budget|decid\w+|decision|champion|maintain(?:s|ed)? (?:by|it)|responsible)\b",
        r"\b(?:fit|suitable|suited|overkill|too (?:small|big|expensive|complex|much)|not for|wrong for|only works?|"
        r"requires?|unless|deal-?breaker|non-?starter)\b",
        r"\b(?:initially|at first|originally|however|but|although|though|since then|later|turned out|now|fixed|resolved|"
        r"addressed|alleviat\w+)\b",
        r"\b(?:people|employees|company|companies|industry|based in|offices?|region|headcount|stack|enterprise|start-?up|"
        r"mid-?size\w*|fintech|agency|firm|provider)\b",
        r"\b(?:in production|per (?:day|week|month|year|second)|a (?:day|week|month|year)|daily|weekly|monthly|yearly|"
        r"from .{1,25} to|down to|up to|by \d)\b",
        r"^(?:\W*\w+\W+){0,4}\w*\W*$",
        r"^\W*(?:yes|yeah|no|nope|sure|ok|okay|right|thanks|thank you|hi|hello|great|cool|so|well)\b[^.]{0,25}[.!]?$",
    )
)


SURFACE = len(_CUES) + len(_SOURCE_KINDS) + len(_OUTCOMES) + 4
LONGEST_SAID, LONGEST_ASKED = 3, 2  # words of a phrase
_OF_THE_QUESTION = np.float32(0.6)


class Reading(Record):
    """What surrounds a sentence, as the head sees it."""

    text: str
    question: str = ""
    heading: str = ""
    source_kind: SourceKind = "interview"
    voice: Voice = "verbatim"
    outcome: Outcome | None = None


def asked(question: str, heading: str) -> str:
    """The text that stands for the question in the features: the question, else the heading."""
    return question or heading


def features(readings: Sequence[Reading], vectors: Vectors, questions: Vectors) -> NDArray[np.float32]:
    """Rows of dense features, shape (n, 2·dimensions + surface). Where there is no question its vector is zeros."""
    return np.hstack([vectors, 0.45 * questions, surface(readings)]).astype(np.float32)


def surface(readings: Sequence[Reading]) -> NDArray[np.float32]:
    """What a reader would look at besides the words, shape (n, `SURFACE`)."""
    rows = np.zeros((len(readings), SURFACE), dtype=np.float32)
    for row, reading in enumerate(readings):
        cues = [float(bool(cue.search(reading.text))) for cue in _CUES]
        kinds = [float(reading.source_kind == kind) for kind in _SOURCE_KINDS]
        outcomes = [float(reading.outcome == outcome) for outcome in _OUTCOMES]
        words = len(reading.text.split())
        rest = [
            float(reading.voice == "reported"),
            float(bool(reading.question)),
            min(words, 40) / 40,
            float(words < 6),
        ]
        rows[row] = [*cues, *kinds, *outcomes, *rest]
    return rows * np.float32(0.35)  # keeps the cues on the scale of unit vectors, so that one penalty suits all


def phrases(readings: Sequence[Reading], said: Lexicon, asking: Lexicon) -> list[Row]:
    """Sparse features: terms of the sentence, then those of the question or heading, then the surface cues."""
    rows = []
    for reading, cues in zip(readings, surface(readings), strict=True):
        own, own_weights = said.row(reading.text)
        theirs, their_weights = asking.row(asked(reading.question, reading.heading))
        seen = np.flatnonzero(cues).astype(np.int32)
        places = [own, theirs + len(said.known), seen + len(said.known) + len(asking.known)]
        weights = [own_weights, _OF_THE_QUESTION * their_weights, cues[seen]]
        rows.append((np.concatenate(places), np.concatenate(weights).astype(np.float32)))
    return rows


class Head:
    """Weights read from the package: per kind a probability, and the threshold above which it is believed."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self._hidden = weights["hidden_w"].astype(np.float64), weights["hidden_b"].astype(np.float64)
        self._dense = weights["dense_w"].astype(np.float64), weights["dense_b"].astype(np.float64)
        self._sparse = weights["sparse_w"].astype(np.float64), weights["sparse_b"].astype(np.float64)
        self._tone_w, self._tone_b = weights["tones_w"].astype(np.float64), weights["tones_b"].astype(np.float64)
        self._said = Lexicon(_unpacked(weights["said"]), weights["said_idf"], LONGEST_SAID)
        self._asking = Lexicon(_unpacked(weights["asking"]), weights["asking_idf"], LONGEST_ASKED)
        self._calibrators = weights["calibrators"].astype(np.float64)
        self.thresholds = weights["thresholds"]

    def probabilities(self, readings: Sequence[Reading], rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Per kind, calibrated, shape (n, kinds); `rows` are the dense features of the readings."""
        # float64, so that the last bits of a BLAS kernel don't decide on which side of a threshold a sentence falls.
        weights, bias = self._sparse
        sparse = np.stack(
            [
                weights[:, places] @ values.astype(np.float64) + bias
                for places, values in phrases(readings, self._said, self._asking)
            ]
        )
        hidden = np.maximum(rows.astype(np.float64) @ self._hidden[0] + self._hidden[1], 0.0)
        dense = hidden @ self._dense[0] + self._dense[1]
        return calibrate((_sigmoid(dense) + _sigmoid(sparse)) / 2, self._calibrators).astype(np.float32)

    def tones(self, rows: NDArray[np.float32]) -> list[Tone]:
        """The likeliest tone of each row."""
        logits = rows.astype(np.float64) @ self._tone_w.T + self._tone_b
        return [TONES[int(index)] for index in logits.argmax(axis=1)]


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
    return chances


def log_odds(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of probabilities, kept finite."""
    sure = chances.clip(1e-6, 1 - 1e-6)
    odds: NDArray[np.float64] = np.log(sure / (1 - sure))
    return odds


def calibrate(chances: NDArray[np.float64], calibrators: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities, shape (n, kinds), made as often right as they say: a slope and an offset a kind (Platt 1999)."""
    return _sigmoid(calibrators[:, 0] * log_odds(chances) + calibrators[:, 1])


def packed(known: Sequence[str]) -> NDArray[np.uint8]:
    """Terms as bytes, one a line: an array that needs no pickle."""
    return np.frombuffer("\n".join(known).encode(), dtype=np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode().split("\n")


def load_head() -> Head:
    """The head that ships with the package."""
    with (resources.files("icp_synth.analysts") / "weights" / "head.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return Head({name: data[name] for name in data.files})


class ExtractiveAnalyst(Unaided):
    """Implements `ports.Analyst` with the shipped head. Reads a thousand sentences in a few milliseconds."""

    name = "extractive-4"

    def __init__(self, head: Head | None = None) -> None:
        self._head = head or load_head()

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        """Candidates among the sentences of each source, in their order."""
        return [Proposed(what=tuple(self._read(one))) for one in passages]

    def chances(self, passages: Passages) -> NDArray[np.float32]:
        """How likely each sentence is of each kind, shape (n, kinds)."""
        return self._seen(passages)[0]

    def _seen(self, passages: Passages) -> tuple[NDArray[np.float32], list[Tone]]:
        source = passages.source
        if not passages.sentences:
            return np.zeros((0, len(KINDS)), np.float32), []
        readings = [
            Reading(
                text=sentence.text,
                question=sentence.question,
                heading=sentence.heading,
                source_kind=source.kind,
                voice=source.turns[sentence.turn].voice,
                outcome=source.outcome,
            )
            for sentence in passages.sentences
        ]
        rows = features(readings, passages.vectors, passages.questions)
        return self._head.probabilities(readings, rows), self._head.tones(rows)

    def _read(self, passages: Passages) -> Iterator[Candidate]:
        probabilities, tones = self._seen(passages)
        for sentence, chances, tone in zip(passages.sentences, probabilities, tones, strict=True):
            kinds = {
                kind: round(float(chance), 4)
                for kind, chance, least in zip(KINDS, chances, self._head.thresholds, strict=True)
                if chance >= least
            }
            kinds = {kind: chance for kind, chance in kinds.items() if chance >= BESIDE * max(kinds.values())}
            if tone == "praise":  # nobody praises a trouble: the head saw the question, not the answer
                kinds = {kind: chance for kind, chance in kinds.items() if kind not in _TROUBLES}
            if says_not_for(sentence.text):  # said outright, it counts whatever the tone: the content say it, too
                kinds["disqualifier"] = round(
                    float(max(chances[_DISQUALIFIER], self._head.thresholds[_DISQUALIFIER])), 4
                )
            if kinds and substance(sentence.text) >= LEAST:
                yield Candidate(source_id=passages.source.id, sentence_ids=(sentence.id,), kinds=kinds, tone=tone)
