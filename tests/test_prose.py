"""What a model writes on its way into a profile: admitted, or asked for once more with the reason, or dropped and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from icp_synth import prose
from icp_synth.analysts.unaided import Unaided
from icp_synth.errors import AdmissionError
from icp_synth.evidence import admit_prose
from icp_synth.ports import Embedder, Passages
from icp_synth.records import (
    Candidate,
    Dropped,
    Partial,
    ProfileAccount,
    Proposed,
    Statement,
    Theme,
    Wording,
    Written,
)
from icp_synth.support import Evidence
from tests.small_evidence import statement

TYPED = statement("Every invoice was typed twice by hand.", "pain")
DAYS = statement("It cost our team two days every month.", "pain")
ELSEWHERE = statement("The audit is in March.", "trigger")
GOOD = Written(text="Every invoice was typed twice by hand.", evidence=(TYPED[1].id,))
WRONG = Written(text="It cost their team nine days every month.", evidence=(DAYS[1].id,))
MENDED = Written(text="It cost their team two days every month.", evidence=(DAYS[1].id,))


class Writing(Unaided):
    """An analyst that writes what it was given, round after round, and keeps what was refused."""

    name = "writing"

    def __init__(self, *rounds: Sequence[Written]) -> None:
        self.rounds = list(rounds)
        self.refused: list[Mapping[str, Sequence[Dropped]]] = []

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        raise NotImplementedError

    def word(
        self, themes: Sequence[Theme], statements: Mapping[str, Statement], refused: Mapping[str, Sequence[Dropped]]
    ) -> Proposed[dict[str, Wording]]:
        self.refused.append(refused)
        if not self.rounds:
            return Proposed(what={}, partial=(Partial(task="word", about="pain-1", why="It refused."),))
        written = tuple(self.rounds.pop(0))
        return Proposed(what={"pain-1": Wording(headline=DAYS[1].id, sentences=written)})


THEME = Theme(id="pain-1", kind="pain", founding=TYPED[1].id, members=(TYPED[1].id, DAYS[1].id))


@pytest.fixture
def evidence() -> Evidence:
    made = [TYPED, DAYS, ELSEWHERE]
    return Evidence(
        sources={source.id: source for source, _ in made},
        statements={one.id: one for _, one in made},
        account_of={source.id: "a" for source, _ in made},
        accounts={"a": ProfileAccount(id="a", name="Orrin Freight", known=True, why="", sources=1)},
    )


def worded(writing: Writing, evidence: Evidence, embedder: Embedder) -> prose.Worded:
    ids = [*evidence.statements]
    vectors = dict(zip(ids, embedder.embed([evidence.statements[i].quote for i in ids]), strict=True))
    return prose.worded([THEME], evidence, vectors, writing, embedder)


def test_what_holds_is_let_in_and_nothing_is_asked_twice(evidence: Evidence, embedder: Embedder) -> None:
    writing = Writing([GOOD, MENDED])
    told = worded(writing, evidence, embedder)
    assert [one.text for one in told.prose["pain-1"]] == [GOOD.text, MENDED.text]
    assert told.dropped == () and writing.refused == [{}] and told.chosen["pain-1"].headline == DAYS[1].id


def test_what_falls_goes_back_once_with_the_reason_and_is_replaced_in_its_place(
    evidence: Evidence, embedder: Embedder
) -> None:
    writing = Writing([WRONG, GOOD], [GOOD, MENDED])
    told = worded(writing, evidence, embedder)
    assert [one.text for one in told.prose["pain-1"]] == [MENDED.text, GOOD.text]
    (fell,) = writing.refused[1]["pain-1"]
    assert fell.text == WRONG.text and "nine day" in fell.reason
    assert told.dropped == (fell,), "what fell is listed, though something better came"


def test_what_falls_twice_is_dropped_and_nothing_is_asked_a_third_time(evidence: Evidence, embedder: Embedder) -> None:
    worse = Written(text="Their team loves every month.", evidence=(DAYS[1].id,))
    writing = Writing([WRONG], [worse], [MENDED])
    told = worded(writing, evidence, embedder)
    assert told.prose == {} and {one.text for one in told.dropped} == {WRONG.text, worse.text}
    assert len(writing.refused) == 2


def test_a_second_round_without_an_answer_is_named(evidence: Evidence, embedder: Embedder) -> None:
    told = worded(Writing([WRONG]), evidence, embedder)
    assert [one.task for one in told.partial] == ["word"] and len(told.dropped) == 1


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (Written(text=GOOD.text, evidence=()), "names no statement"),
        (Written(text=GOOD.text, evidence=("s-made-up",)), "not part of what it is about"),
        (Written(text="The audit is in March.", evidence=(ELSEWHERE[1].id,)), "not part of what it is about"),
        (
            Written(text="Every invoice [was typed](https://evil.example) twice.", evidence=GOOD.evidence),
            "address or markup",
        ),
        (Written(text="Every invoice was typed twice <b>by hand</b>.", evidence=GOOD.evidence), "address or markup"),
        (Written(text="Every invoice\nwas typed twice.", evidence=GOOD.evidence), "not one plain sentence"),
        (Written(text=" ", evidence=GOOD.evidence), "not one plain sentence"),
        (Written(text="No invoice was typed twice by hand.", evidence=GOOD.evidence), "not"),
    ],
)
def test_the_door_says_what_doesnt_hold(written: Written, reason: str) -> None:
    of_theme = {one.id: one for _, one in (TYPED, DAYS)}
    accounts = {one.source_id: "Orrin Freight" for _, one in (TYPED, DAYS)}
    with pytest.raises(AdmissionError, match=reason):
        admit_prose(written, of_theme, accounts, 0.9)


def test_words_of_the_seller_bear_nothing() -> None:
    ours = TYPED[1].model_copy(update={"role": "us"})
    with pytest.raises(AdmissionError, match="Only customers"):
        admit_prose(GOOD, {ours.id: ours}, {ours.source_id: "Orrin Freight"}, 0.9)
