"""The flow from bytes to profile, with the real parts: what goes in raw comes out clean, admitted, counted and the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from icp_synth import pipeline, wiring
from icp_synth.adapters.home import keyed_hash
from icp_synth.analysts.unaided import Unaided
from icp_synth.errors import ScrubError
from icp_synth.ports import Analyst, Detector, Embedder, Passages, Vectors
from icp_synth.records import (
    Candidate,
    CleanSource,
    Manifest,
    Passage,
    Proposed,
    RawFile,
    Redaction,
    Sentence,
    Source,
)
from icp_synth.stages.ingest import ingest
from icp_synth.stages.segment import segment

AS_OF = dt.date(2026, 11, 22)
MANIFEST = Manifest(product="Rotalark", us_people=("Joanna Pruitt",))
KEYED = partial(keyed_hash, b"k" * 32)
CALL = """WEBVTT

00:00:01.000 --> 00:00:05.000
Joanna Pruitt: Hi Marguerite, what was hard before?

00:00:05.500 --> 00:00:12.000
Marguerite Oyelaran: Planning the rota took nine hours each week, by hand,
in a spreadsheet. Ask Joanna, she saw it.

00:00:12.500 --> 00:00:15.000
Joanna Pruitt: Our product makes planning ten times faster.
"""


def source(text: str = CALL, path: str = "alder.vtt") -> Source:
    (made,) = ingest(RawFile(path=path, data=text.encode()), MANIFEST).sources
    return made


def cleaned(text: str = CALL, path: str = "alder.vtt") -> CleanSource:
    return pipeline.clean(source(text, path), MANIFEST, wiring.detector(), KEYED)


class Eager(Unaided):
    """An analyst that proposes every sentence it is shown, and some that it is not."""

    name = "eager"

    def __init__(self, more: Sequence[Candidate] = ()) -> None:
        self.more = list(more)
        self.shown: list[Sentence] = []

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        (given,) = passages
        assert len(given.sentences) == len(given.vectors) == len(given.questions)
        self.shown, self.questions = list(given.sentences), given.questions
        one = [Candidate(source_id=given.source.id, sentence_ids=(s.id,), kinds={"pain": 0.9}) for s in self.shown]
        return [Proposed(what=(*one, *self.more))]


def read(clean: CleanSource, analyst: Analyst, embedder: Embedder) -> list[str]:
    sentences = segment(clean)
    found = pipeline.read(clean, sentences, pipeline.embed(sentences, embedder), analyst, embedder)
    return [" ".join(statement.quote.split()) for statement in found]


# ---------------------------------------------------------------- raw → clean


def test_a_clean_source_has_roles_places_and_nobodys_name() -> None:
    clean = cleaned()
    assert "Oyelaran" not in clean.model_dump_json() and "Joanna" not in clean.model_dump_json()
    assert [turn.role for turn in clean.turns] == ["us", "customer", "us"]
    assert clean.text[clean.turns[1].start :].startswith("Planning the rota took nine hours")
    assert all(block.lines and block.locator.unit == "time" for block in clean.blocks)


def test_the_same_content_of_the_same_account_is_the_same_source_wherever_it_lies() -> None:
    assert cleaned().id == cleaned(path="moved/here.vtt").id
    assert cleaned().id != cleaned(CALL.replace("nine", "ten")).id


class Broken:
    """A detector that can't look, or that points outside the text."""

    name = "broken"

    def __init__(self, found: Sequence[Redaction] | None) -> None:
        self._found = found

    def find(self, text: str) -> Sequence[Redaction]:
        if self._found is None:
            raise ScrubError("The scrubber broke.", "Install again.")
        return self._found

    def find_all(self, passages: Sequence[Passage]) -> list[Sequence[Redaction] | ScrubError]:
        broken = ScrubError("The scrubber broke.", "Install again.")
        return [broken if self._found is None else self._found for _ in passages]

    find_in_label = find


@pytest.mark.parametrize("found", [None, [Redaction(start=5, end=10_000, entity="PERSON", score=1.0)]])
def test_what_cannot_be_scrubbed_is_refused_as_a_whole(found: Sequence[Redaction] | None) -> None:
    with pytest.raises(ScrubError):
        pipeline.clean(source(), MANIFEST, Broken(found), KEYED)


# ---------------------------------------------------------------- clean → statements


def test_an_analyst_is_shown_customers_sentences_only_with_the_question_they_answer(embedder: Embedder) -> None:
    eager = Eager()
    said = read(cleaned(), eager, embedder)
    assert said[0] == "Planning the rota took nine hours each week, by hand, in a spreadsheet."
    assert not any("ten times faster" in sentence.text for sentence in eager.shown)
    assert "what was hard before?" in eager.shown[0].question
    asked = [bool(s.question or s.heading) for s in eager.shown]
    assert np.linalg.norm(eager.questions, axis=1) == pytest.approx([float(a) for a in asked], abs=1e-5)


def test_what_an_analyst_invents_or_takes_from_the_seller_is_not_let_in(embedder: Embedder) -> None:
    clean = cleaned()
    ours = next(s for s in segment(clean) if clean.turns[s.turn].role == "us")
    honest = read(clean, Eager(), embedder)
    lies = [
        Candidate(source_id=clean.id, sentence_ids=(ours.id,), kinds={"proof": 1.0}),
        Candidate(source_id=clean.id, sentence_ids=("src-made.up.0",), kinds={"proof": 1.0}),
        Candidate(source_id="src-other", sentence_ids=(ours.id,), kinds={"proof": 1.0}),
        Candidate(source_id=clean.id, sentence_ids=(), kinds={"proof": 1.0}),
    ]
    assert read(clean, Eager(lies), embedder) == honest


def test_a_source_in_which_no_customer_speaks_gives_nothing(embedder: Embedder) -> None:
    ours = "\n\n".join(part for part in CALL.split("\n\n") if "Marguerite Oyelaran:" not in part)
    eager = Eager()
    assert read(cleaned(ours), eager, embedder) == [] and eager.shown == []


# ---------------------------------------------------------------- statements → profile


@pytest.fixture(scope="module")
def state(embedder: Embedder, detector: Detector) -> tuple[pipeline.State, dict[str, Vectors]]:
    """Three accounts that say alike things, read by the analyst that ships."""
    analyst, sources, statements, vectors = wiring.analyst("extractive"), [], [], {}
    for name, hours in (("Alder House", "nine"), ("Birch Care", "eleven"), ("Cedar Homes", "seven")):
        text = (
            f"Interview - {name}\n\nInterviewer: What was hard before?\n"
            f"Customer: Planning the rota took us {hours} hours every week, by hand, in a spreadsheet.\n"
            "Customer: We lost two nurses because shifts were announced too late.\n"
            "Interviewer: What did you want?\nCustomer: I want every carer to see their shifts on the phone.\n"
        )
        clean = pipeline.clean(source(text, f"{name}.txt"), MANIFEST, detector, KEYED)
        sentences = segment(clean)
        embedded = pipeline.embed(sentences, embedder)
        sources.append(clean)
        for made in pipeline.read(clean, sentences, embedded, analyst, embedder):
            statements.append(made)
            vectors[made.id] = embedded[next(n for n, s in enumerate(sentences) if s.id == made.sentence_ids[0])]
    whole = pipeline.State(
        workspace="rota", sources=tuple(sources), statements=tuple(statements), rows=(), overlays=(), earlier=()
    )
    return whole, vectors


def drafted(state: pipeline.State, vectors: dict[str, Vectors]) -> pipeline.Draft:
    return pipeline.draft(
        state,
        vectors,
        product="Rotalark",
        analyst=wiring.analyst("extractive"),
        embedder=wiring.embedder(),
        as_of=AS_OF,
    )


def test_what_three_accounts_say_alike_is_one_supported_claim(state: tuple[pipeline.State, dict[str, Vectors]]) -> None:
    profile = drafted(*state).profile
    claims = [claim for section in profile.sections for claim in section.claims]
    most = max(claims, key=lambda claim: claim.support.accounts)
    assert most.status == "supported" and most.support.accounts >= 2 and most.support.of_accounts == 3
    cited = {i for claim in claims for i in (*claim.evidence, *claim.counter)}
    assert cited <= {statement.id for statement in profile.statements}


def test_a_quote_is_shown_with_what_stands_around_it_in_its_turn(
    state: tuple[pipeline.State, dict[str, Vectors]],
) -> None:
    for shown in drafted(*state).profile.statements:
        source_ = next(s for s in state[0].sources if s.id == shown.source_id)
        assert source_.text[shown.start : shown.end] == shown.quote
        around = shown.before.removeprefix("…") + shown.quote + shown.after.removesuffix("…")
        assert around in source_.text
        turn = next(t for t in source_.turns if t.start <= shown.start < t.end)
        assert around in source_.text[turn.start : turn.end] and shown.role == turn.role == "customer"


def test_the_order_in_which_things_came_does_not_matter(state: tuple[pipeline.State, dict[str, Vectors]]) -> None:
    whole, vectors = state
    turned = whole.model_copy(
        update={"sources": tuple(reversed(whole.sources)), "statements": tuple(reversed(whole.statements))}
    )
    assert drafted(turned, vectors) == drafted(whole, vectors)


def test_a_draft_on_its_own_themes_is_the_same_draft(state: tuple[pipeline.State, dict[str, Vectors]]) -> None:
    whole, vectors = state
    once = drafted(whole, vectors)
    assert drafted(whole.model_copy(update={"earlier": once.themes}), vectors) == once


def test_a_draft_of_nothing_says_so() -> None:
    nothing = pipeline.State(workspace="rota", sources=(), statements=(), rows=(), overlays=(), earlier=())
    profile = drafted(nothing, {}).profile
    assert profile.statements == () and all(section.empty for section in profile.sections)
    assert profile.name == "Rotalark: no job in the evidence yet" and profile.gaps
