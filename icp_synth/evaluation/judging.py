"""A model as judge of what places can't tell: whether a claim says only what its quotes say, and whether a rebuttal answers.

A judge is believed as far as it agrees with people's labels, so its agreement on labelled cases stands beside every figure of
its own. Without a model nothing is judged, and the report says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from icp_synth import gate, prompting
from icp_synth.errors import EvidenceError, ModelError
from icp_synth.evaluation.grounding import Sentence, read_sentences
from icp_synth.evaluation.metrics import Figure, ac1, share_of, tunes
from icp_synth.evaluation.reading import Drafted
from icp_synth.ports import ChatModel
from icp_synth.prompting import Prompt
from icp_synth.records import PrivacyRules, Record

NOT_JUDGED = "not judged"
LABELLED = 40  # cases of each kind that the agreement is measured on; a call each
_QUOTES = 8  # a claim is judged by its strongest quotes


class Verdict(BaseModel):
    """What a judge says: whether it holds, and why."""

    model_config = ConfigDict(extra="forbid")

    holds: bool
    why: str


class Agreement(Record):
    """How far a judge agrees with labels: share of the same verdicts, and Gwet's AC1."""

    cases: int
    same: float
    ac1: float

    def told(self) -> str:
        """In words, for a report."""
        return f"{self.same:.2f} of {self.cases} labelled cases (AC1 {self.ac1:.2f})"


@dataclass(frozen=True)
class Judge:
    """A model with what it is told, and the labelled cases that say how far to believe it."""

    model: ChatModel
    prompts: Path
    labelled: Path
    _known: dict[str, Agreement] = field(default_factory=dict)

    def bears(self, sentence: str, quotes: Sequence[tuple[str, str]]) -> bool:
        """Whether the quotes (who, what) bear the sentence. Raises ModelError, and GateError for what may not be sent."""
        prompt = self._prompt("judge", {"sentence", "quotes"})
        lines = [_shown({"who": _plain(who), "said": _plain(said)}) for who, said in quotes]
        return self._ask(prompt, sentence=_shown(_plain(sentence)), quotes=lines)

    def answers(self, doubt: str, said: Sequence[str]) -> bool:
        """Whether what was said answers the doubt. Raises as `bears`."""
        prompt = self._prompt("judge_answer", {"doubt", "answers"})
        return self._ask(
            prompt, doubt=_shown(_plain(doubt)), answers=[_shown({"said": _plain(quote)}) for quote in said]
        )

    def agreement(self) -> dict[str, Agreement]:
        """How far it agrees with the labels of both kinds; asked once."""
        if not self._known:
            folder = self.labelled / "grounding"
            sentences = [one for one in read_sentences(folder / "grounding.yaml") if not tunes(one.id)]
            pairs = [one for one in _pairs(folder / "answers.yaml") if not tunes(one.id)]
            borne = [(one.borne, self.bears(one.sentence, _by_whom(one))) for one in sentences[:LABELLED]]
            answered = [(one.answers, self.answers(one.objection, [one.answer])) for one in pairs[:LABELLED]]
            self._known.update(borne=_agreement(borne), answers=_agreement(answered))
        return self._known

    def _prompt(self, name: str, inputs: set[str]) -> Prompt:
        return prompting.load(self.prompts / f"{name}.md", inputs, Verdict)

    def _ask(self, prompt: Prompt, **values: Any) -> bool:
        call = prompt.call(Verdict, (), **values)
        gate.let_out("The question to the judge", {"text": call.user}, PrivacyRules())
        (answer,) = self.model.ask_all([call])
        if isinstance(answer, ModelError):
            raise answer
        return answer.holds


def measure(read: Drafted, judge: Judge | None) -> tuple[dict[str, Figure], dict[str, str]]:
    """Judged figures of page one, and beside them how far the judge is to be believed; nothing without a judge."""
    if judge is None:
        return {}, {"judge": NOT_JUDGED}
    said = {one.id: (one.account, one.quote) for one in read.profile.statements}
    claims = {claim.id: claim for section in read.profile.sections for claim in section.claims}
    front = [claim for claim in claims.values() if claim.page_one]
    pairs = [(claims[claim.answers], claim) for claim in front if claim.answers in claims]
    figures = {
        "judged_borne": share_of(
            (claim.id, judge.bears(claim.text, [said[i] for i in claim.evidence[:_QUOTES]])) for claim in front
        ),
        "judged_answers": share_of(
            (answer.id, judge.answers(doubt.text, [said[i][1] for i in answer.evidence[:_QUOTES]]))
            for doubt, answer in pairs
        ),
    }
    agreed = {f"judge_agrees_{name}": one.told() for name, one in judge.agreement().items()}
    return figures, {"judge": judge.model.name, **agreed}


class _Pair(Record):
    """A doubt and something that was said, and whether it answers it."""

    id: str
    objection: str
    answer: str
    answers: bool


def _pairs(file: Path) -> list[_Pair]:
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
        return [
            _Pair(id=one["id"], objection=one["objection"], answer=one["answer"], answers=one["verdict"] == "answers")
            for one in given
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            str(file), f"{file} holds no cases ({type(error).__name__}).", "Install icp-synth again."
        ) from error


def _by_whom(case: Sentence) -> list[tuple[str, str]]:
    return [*zip(case.accounts, case.evidence, strict=False)]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shown(value: object) -> str:
    """As JSON on one line, in which nothing closes the tags of a prompt."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _agreement(verdicts: Sequence[tuple[bool, bool]]) -> Agreement:
    """Of (label, verdict) pairs."""
    same = sum(label == verdict for label, verdict in verdicts) / len(verdicts)
    return Agreement(cases=len(verdicts), same=round(same, 4), ac1=round(ac1(verdicts), 4))
