"""From a question to an answer: each citation stands where it says, filters hold, both sides are shown, follow-ups answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icp_synth import asking
from icp_synth.errors import NotFoundError
from icp_synth.evaluation.asking import Exact
from icp_synth.evidence import admit
from icp_synth.pipeline import State
from icp_synth.ports import Embedder
from icp_synth.records import (
    AccountRow,
    Answer,
    Candidate,
    CleanSource,
    Filters,
    ProfileAccount,
    Role,
    Theme,
)
from icp_synth.stages.answer import Extractive
from icp_synth.stages.segment import segment
from tests.small_evidence import by_id, clean_source

ALDER = clean_source(
    "alder",
    [
        ("us", "What was hard before?"),
        ("customer", "Planning the rota took nine hours each week. Every Friday was lost."),
        ("us", "Our app plans the rota in ten minutes."),
        ("customer", "The mobile app is slow and painful to use."),
    ],
)
BIRCH = clean_source(
    "birch",
    [("us", "How is the mobile app?"), ("customer", "The mobile app is fast and a joy to use.")],
    of="Birch",
    kind="call",
    date=dt.date(2026, 5, 1),
)
CEDAR = clean_source(
    "cedar", [("customer", "Planning the rota takes us eleven hours a week.")], of="Cedar", outcome="won"
)
SOURCES = (ALDER, BIRCH, CEDAR)
TONES = {"The mobile app is slow": ("pain", "trouble"), "The mobile app is fast": ("proof", "praise")}
ROTA = "How many hours does planning the rota take each week?"


class Evidence:
    """Sources laid out to be asked with the real embedder."""

    def __init__(self, embedder: Embedder, sources: Sequence[CleanSource] = SOURCES, **more: object) -> None:
        sentences = [one for source in sources for one in segment(source)]
        texts = [one.text for one in sentences]
        vectors = embedder.embed(texts) if texts else np.zeros((0, embedder.dimensions), dtype=np.float32)
        self.sources = {source.id: source for source in sources}
        self.library, self.embedder = Exact(sentences, vectors), embedder
        given: dict[str, object] = {"statements": (), "rows": (), "overlays": (), "earlier": ()}
        state = State(workspace="test", sources=tuple(sources), **{**given, **more})  # type: ignore[arg-type]
        self.base = asking.base(state, sentences, self.library)

    def ask(self, question: str, filters: Filters = Filters(), answerer: object = None) -> Answer:  # noqa: B008
        answerer = answerer or Extractive()
        return asking.respond(question, self.base, self.library, self.embedder, filters, answerer)  # type: ignore[arg-type]

    def holds(self, answer: Answer) -> bool:
        """Whether each citation is, to the letter, what a customer says there, and each claim rests on citations."""
        for one in answer.citations:
            source = self.sources[one.source_id]
            turn = next(turn for turn in source.turns if turn.start <= one.start and one.end <= turn.end)
            assert source.text[one.start : one.end] == one.quote and turn.role == "customer"
        ids = {one.id for one in answer.citations}
        return all({*claim.evidence, *claim.counter} <= ids and claim.evidence for claim in answer.claims)


@pytest.fixture
def evidence(embedder: Embedder) -> Evidence:
    statements = []
    for source in (ALDER, BIRCH):
        for sentence in by_id(source).values():
            for start, (kind, tone) in TONES.items():
                if sentence.text.startswith(start):
                    candidate = Candidate(
                        source_id=source.id, sentence_ids=(sentence.id,), kinds={kind: 0.9}, tone=tone
                    )  # type: ignore[dict-item, arg-type]
                    statements.append(admit(candidate, source, by_id(source)))
    row = AccountRow(name="Cedar", path="accounts.csv", row=2, attributes={"region": "North"})
    return Evidence(embedder, statements=tuple(statements), rows=(row,))


def test_what_two_accounts_say_is_one_claim_with_both_counted(evidence: Evidence) -> None:
    answer = evidence.ask(ROTA)
    assert evidence.holds(answer) and answer.accounts[:1] == ("Alder",)
    (first, *_) = answer.claims
    assert (first.support.accounts, first.support.of_accounts) == (2, 3)
    assert answer.support and answer.support.last_seen == dt.date(2026, 3, 1)


def test_the_other_side_is_shown_beside_a_claim(evidence: Evidence) -> None:
    answer = evidence.ask("Why is the mobile app slow and painful?")
    cited = {one.id: one for one in answer.citations}
    slow = next(claim for claim in answer.claims if "slow" in claim.text)
    assert [cited[name].quote for name in slow.counter] == ["The mobile app is fast and a joy to use."]
    assert evidence.holds(answer)


@pytest.mark.parametrize(
    ("filters", "accounts"),
    [
        (Filters(accounts=("cedar",)), {"Cedar"}),
        (Filters(segment={"region": "north"}), {"Cedar"}),
        (Filters(outcomes=("won",)), {"Cedar"}),
        (Filters(source_kinds=("interview",)), {"Alder", "Cedar"}),
        (Filters(until=dt.date(2026, 4, 1)), {"Alder", "Cedar"}),
        (Filters(since=dt.date(2026, 4, 1)), set()),
        (Filters(voices=("reported",)), set()),
        (Filters(source_kinds=("ticket",)), set()),
    ],
)
def test_a_filter_lets_through_what_it_says(evidence: Evidence, filters: Filters, accounts: set[str]) -> None:
    answer = evidence.ask(ROTA, filters)
    assert {one.account for one in answer.citations} == accounts and answer.abstained == (not accounts)


def who_says(source: CleanSource, title: str) -> CleanSource:
    """A source whose customer has this job."""
    turns = (
        turn.model_copy(update={"title": title, "speaker": "<PERSON_1>"}) if turn.role == "customer" else turn
        for turn in source.turns
    )
    return source.model_copy(update={"turns": tuple(turns)})


@pytest.mark.parametrize(
    ("roles", "accounts"),
    [(("operations",), {"Alder"}), (("CFO", "economic buyer"), {"Cedar"}), (("OPERATIONS head",), {"Alder"})],
)
def test_a_role_is_asked_by_words_of_the_speakers_job(
    embedder: Embedder, roles: tuple[str, ...], accounts: set[str]
) -> None:
    evidence = Evidence(embedder, (who_says(ALDER, "Head of Operations"), BIRCH, who_says(CEDAR, "CFO")))
    answer = evidence.ask(ROTA, Filters(roles=roles))
    assert {one.account for one in answer.citations} == accounts and evidence.holds(answer)


def test_a_role_that_nobody_has_is_said_so_with_those_that_there_are(embedder: Embedder) -> None:
    titled = who_says(ALDER, "Head of Operations")
    with pytest.raises(NotFoundError, match="No customer's role holds “nurse”.") as raised:
        Evidence(embedder, (titled,)).ask(ROTA, Filters(roles=("nurse",)))
    assert raised.value.advice == "There are: Head of Operations."
    titled_us = [turn.model_copy(update={"title": "Seller"}) if turn.role == "us" else turn for turn in ALDER.turns]
    seller = ALDER.model_copy(update={"turns": tuple(titled_us)})
    with pytest.raises(NotFoundError, match="holds “seller”") as raised:
        Evidence(embedder, (seller,)).ask(ROTA, Filters(roles=("seller",)))
    assert raised.value.advice == "The evidence names no speaker's role."


def test_a_label_that_is_no_pseudonym_is_a_role() -> None:
    turn = ALDER.turns[1]
    assert asking.role_of(turn.model_copy(update={"speaker": "Economic buyer"})) == "Economic buyer"
    assert asking.role_of(turn.model_copy(update={"speaker": "<PERSON_1>"})) == ""


def test_vectors_fetched_some_at_a_time_are_those_of_the_store_and_found_the_same(
    embedder: Embedder, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evidence.ask(ROTA)
    monkeypatch.setattr(asking, "_FETCHED", 2)
    again = Evidence(embedder)
    ids = [sentence.id for sentence in again.base.corpus.sentences]
    assert len(ids) > 2 and (again.base.vectors == again.library.vectors(ids)).all()
    assert [one.quote for one in again.ask(ROTA).citations] == [one.quote for one in whole.citations]


@pytest.mark.parametrize(
    ("question", "accounts"),
    [
        ("Why did Birch leave?", {"birch care"}),
        ("Why did birch care leave?", {"birch care"}),
        ("What do Alder and Birch Care say?", {"alder", "birch care"}),
        ("Who cut the birches?", set()),
        ("Why did Adopter leave?", set()),
        ("Why did Adopter 2's team leave?", {"adopter 2"}),
    ],
)
def test_an_account_is_named_in_full_or_by_a_first_word_of_its_own(question: str, accounts: set[str]) -> None:
    known = [
        ProfileAccount(id=name.lower(), name=name, known=True, why="test", sources=1)
        for name in ("Adopter 2", "Adopter 3", "Alder", "Birch Care")
    ]
    assert asking.named(question, known) == accounts


def test_a_question_that_counts_is_answered_from_the_theme(embedder: Embedder) -> None:
    """Somebody who says the same in other words is found by the theme, and counted."""
    dale = clean_source("dale", [("customer", "Our Sundays vanish into spreadsheets of shifts.")], of="Dale")
    statements = []
    for source, start in ((CEDAR, "Planning"), (dale, "Our Sundays")):
        sentence = next(one for one in segment(source) if one.text.startswith(start))
        candidate = Candidate(source_id=source.id, sentence_ids=(sentence.id,), kinds={"pain": 0.9})
        statements.append(admit(candidate, source, by_id(source)))
    theme = Theme(id="pain-1", kind="pain", founding=statements[0].id, members=tuple(one.id for one in statements))
    noise = clean_source("elm", [("customer", f"We painted the office wall number {n}.") for n in range(40)], of="Elm")
    those = Evidence(embedder, (CEDAR, dale, noise), statements=tuple(statements), earlier=(theme,))
    answer = those.ask("How many customers need hours for planning the rota?")
    assert answer.accounts == ("Cedar", "Dale") and answer.answer.startswith("2 of 3 accounts: Cedar, Dale. ")
    assert those.holds(answer)


def test_every_follow_up_is_answered(evidence: Evidence) -> None:
    answer = evidence.ask("Is the mobile app painful?")
    offered = asking.follow_ups(answer, evidence.base, evidence.library, evidence.embedder, Filters())
    assert all(not evidence.ask(one).abstained for one in offered)
    assert all(one != answer.question for one in offered) and len(offered) <= 3


def test_nothing_is_said_of_nothing(embedder: Embedder) -> None:
    assert Evidence(embedder, ()).ask(ROTA).abstained
    ours = clean_source("ours", [("us", "Planning the rota takes nine hours each week.")])
    assert Evidence(embedder, (ours,)).ask(ROTA).abstained


WORDS = st.sampled_from(
    ["rota", "hours", "week", "planning", "slow", "app", "Friday", "nine", "dividend", "é", "“x”", "n't"]
)
TURN = st.tuples(
    st.sampled_from(["customer", "us", "unknown"]),
    st.lists(WORDS, min_size=1, max_size=6).map(lambda some: " ".join(some).capitalize() + ". Yes, rota hours."),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.lists(TURN, min_size=1, max_size=4), min_size=1, max_size=3), st.lists(WORDS, min_size=1, max_size=5)
)
def test_whatever_is_asked_of_whatever_is_said_every_citation_is_to_the_letter(
    embedder: Embedder, talks: list[list[tuple[Role, str]]], words: list[str]
) -> None:
    sources = [clean_source(f"s{n}", talk, of=f"Account{n}") for n, talk in enumerate(talks)]
    those = Evidence(embedder, sources)
    for question in (f"What about {' '.join(words)}?", f"Which customers say {words[0]}?"):
        answer = those.ask(question)
        assert those.holds(answer)
        assert answer.abstained == (not answer.citations)
        numbered = [int(number) for number in re.findall(r"\[(\d+)\]", answer.answer)]
        assert all(1 <= number <= len(answer.citations) for number in numbered)
