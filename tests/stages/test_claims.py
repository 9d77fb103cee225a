"""A claim from many sides: who bears it, who contradicts it, what answers it, and what a person decided about it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_synth.evidence import admit, unborne_words
from icp_synth.ports import Vectors
from icp_synth.records import (
    Candidate,
    Claim,
    CleanSource,
    Kind,
    Outcome,
    Overlay,
    ProfileAccount,
    Section,
    SourceKind,
    Statement,
    Theme,
    Tone,
)
from icp_synth.stages import rebut, synthesize
from icp_synth.stages.synthesize import Evidence, claims, doubts, name_of, sections
from icp_synth.stages.word import headlines
from tests.small_evidence import by_id, clean_source, statement, unit

Said = tuple[CleanSource, Statement]
SLOW = unit(1)


class Case:
    """Statements with where their meaning lies, and the draft that is made of them: one theme per call of `theme`."""

    def __init__(self) -> None:
        self.sources: dict[str, CleanSource] = {}
        self.statements: dict[str, Statement] = {}
        self.vectors: dict[str, Vectors] = {}
        self.themes: list[Theme] = []
        self.outcomes: dict[str, Outcome] = {}
        self.overlays: list[Overlay] = []

    def say(
        self,
        text: str,
        kind: Kind,
        *,
        of: str = "Alder",
        by: SourceKind = "interview",
        tone: Tone = "neutral",
        at: Vectors = SLOW,
        confidence: float = 0.8,
    ) -> Statement:
        source, made = statement(
            text, kind, of=of, kind=by, tone=tone, confidence=confidence, name=f"s{len(self.sources)}"
        )
        self.sources[source.id], self.statements[made.id], self.vectors[made.id] = source, made, at
        return made

    def theme(self, *members: Statement, kind: Kind | None = None) -> str:
        chosen = kind or members[0].kinds[0]
        ids = tuple(member.id for member in members)
        made = Theme(id=f"{chosen}-{ids[0][2:]}", kind=chosen, founding=ids[0], members=ids)
        self.themes.append(made)
        return f"c-{made.id}"

    def alone(self, text: str, kind: Kind, **more: object) -> str:
        """A theme of one."""
        return self.theme(self.say(text, kind, **more))  # type: ignore[arg-type]

    @property
    def evidence(self) -> Evidence:
        names = {source.account.id: source.account for source in self.sources.values()}
        accounts = {
            name: ProfileAccount(
                id=name, name=ref.name, known=ref.known, why="test", outcome=self.outcomes.get(name),
                sources=sum(s.account.id == name for s in self.sources.values()),
            )
            for name, ref in names.items()
        }  # fmt: skip
        return Evidence(
            sources=self.sources, statements=self.statements, accounts=accounts,
            account_of={source.id: source.account.id for source in self.sources.values()},
        )  # fmt: skip

    def draft(self) -> tuple[Section, ...]:
        worded = headlines(self.themes, {}, self.statements)
        made = claims(self.evidence, self.themes, worded, self.vectors, self.overlays)
        praise = [theme for theme in self.themes if theme.kind == "rebuttal" and theme.id in made]
        answers = rebut.pairs(doubts(made), praise, self.statements, self.vectors)
        return sections(self.evidence, self.themes, made, answers, self.overlays)

    def claim(self, name: str) -> Claim:
        return next(claim for section in self.draft() for claim in section.claims if claim.id == name)


@pytest.fixture
def case() -> Case:
    return Case()


def ids(drafted: Sequence[Section], key: str) -> list[str]:
    """Ids of the claims of a section, in order."""
    return [claim.id for section in drafted if section.key == key for claim in section.claims]


# ---------------------------------------------------------------- status


def test_one_account_twice_in_two_kinds_of_source_corroborates_nothing(case: Case) -> None:
    said = [case.say("The rota takes us nine hours.", "pain", by=by) for by in ("interview", "ticket")]
    claim = case.claim(case.theme(*said))
    assert (claim.status, claim.support.accounts, claim.support.sources) == ("hypothesis", 1, 2)


def test_two_accounts_support_and_a_second_kind_of_source_corroborates(case: Case) -> None:
    first, second = (case.say("The rota takes us nine hours.", "pain", of=of) for of in ("Alder", "Birch"))
    name = case.theme(first, second)
    assert case.claim(name).status == "supported"
    third = case.say("The rota takes nine hours.", "pain", of="Birch", by="ticket")
    case.themes.clear()
    claim = case.claim(case.theme(first, second, third))
    assert claim.status == "corroborated" and claim.support.source_kinds == ("interview", "ticket")
    assert (claim.support.accounts, claim.support.of_accounts, claim.support.of_sources) == (2, 2, 3)


def test_unknown_accounts_are_counted_apart_and_never_corroborate(case: Case) -> None:
    said = [case.say("The rota takes us nine hours.", "pain", of="", by=by) for by in ("survey", "review", "ticket")]
    claim = case.claim(case.theme(*said))
    assert (claim.status, claim.support.accounts, claim.support.unknown_sources) == ("hypothesis", 0, 3)
    assert claim.support.of_accounts == 0


# ---------------------------------------------------------------- what speaks against it


def test_praise_of_another_account_on_the_same_matter_contests_a_pain(case: Case) -> None:
    name = case.theme(case.say("The import is slow and fails.", "pain", tone="trouble"))
    against = case.say("The import is fast and reliable.", "proof", of="Birch", tone="praise")
    case.theme(against)
    claim = case.claim(name)
    assert claim.status == "contested" and claim.counter == (against.id,)


@pytest.mark.parametrize(
    "against",
    [
        {"of": "Alder"},
        {"tone": "neutral"},
        {"tone": "trouble"},
        {"at": unit(0, 0, 1)},
    ],
    ids=["of the same account", "neutral", "in the same tone", "on another matter"],
)
def test_what_is_no_contradiction_contests_nothing(case: Case, against: dict[str, object]) -> None:
    name = case.theme(case.say("The import is slow and fails.", "pain", tone="trouble"))
    given = {"of": "Birch", "tone": "praise"} | against
    case.alone("The import is fast and reliable.", "proof", **given)
    claim = case.claim(name)
    assert (claim.status, claim.counter) == ("hypothesis", ())


def test_an_unknown_account_is_shown_as_counter_evidence_but_contests_nothing(case: Case) -> None:
    name = case.theme(case.say("The import is slow and fails.", "pain", tone="trouble"))
    against = case.say("The import is fast and reliable.", "proof", of="", tone="praise")
    claim = case.claim(name)
    assert claim.counter == (against.id,) and claim.status == "hypothesis"


# ---------------------------------------------------------------- doubts and what answers them


def test_an_objection_is_followed_by_what_answers_it(case: Case) -> None:
    doubt = case.alone("We feared that older carers would never use an app.", "objection")
    answer = case.alone("Our older carers use the app every day now.", "rebuttal", of="Birch")
    other = case.alone("Payroll export works since spring.", "rebuttal", at=unit(0, 0, 1))
    drafted = case.draft()
    assert ids(drafted, "objections") == [doubt, answer]
    assert case.claim(answer).answers == doubt and case.claim(answer).page_one
    assert other not in [c.id for section in drafted for c in section.claims], "an answer to nothing is no section"


def test_an_objection_that_nothing_answers_says_so(case: Case) -> None:
    doubt = case.alone("We feared that older carers would never use an app.", "objection")
    assert case.claim(doubt).detail["rebuttal"] == "none in the evidence"


def test_an_answer_answers_one_doubt_only(case: Case) -> None:
    case.alone("We feared that older carers would never use an app.", "objection")
    case.alone("We doubted that carers would open an app at all.", "objection", of="Birch")
    answer = case.alone("Our older carers use the app every day now.", "rebuttal", of="Cedar")
    assert ids(case.draft(), "objections").count(answer) == 1


# ---------------------------------------------------------------- order and page one


def test_more_accounts_come_before_fewer_and_page_one_is_the_top(case: Case) -> None:
    single = [case.alone(f"Planning rota number {n} eats whole evenings of managers.", "job") for n in range(6)]
    both = case.theme(*(case.say("We schedule carers across seven homes.", "job", of=of) for of in ("Birch", "Cedar")))
    drafted = case.draft()
    jobs = next(section for section in drafted if section.key == "jobs")
    assert jobs.claims[0].id == both and {claim.id for claim in jobs.claims[1:]} == set(single)
    assert [claim.page_one for claim in jobs.claims] == [True] * 6 + [False], "four seats of its own and two left free"


@pytest.mark.parametrize("action", ["theme.exclude", "theme.pin"])
def test_a_decision_holds_when_its_theme_was_absorbed_by_another(case: Case, action: str) -> None:
    names = [case.alone(f"Planning rota number {n} eats whole evenings of managers.", "job") for n in range(6)]
    case.draft()
    last = ids(case.draft(), "jobs")[-1]
    case.themes = [t.model_copy(update={"aliases": ("job-old",)}) if f"c-{t.id}" == last else t for t in case.themes]
    case.overlays = [Overlay(id="o", action=action, target="job-old")]  # type: ignore[arg-type]
    after = ids(case.draft(), "jobs")
    assert (after[0] == last) if action == "theme.pin" else (last not in after and len(after) == len(names) - 1)


def test_a_pain_of_the_first_days_has_a_section_of_its_own(case: Case) -> None:
    early = case.alone("Onboarding took our managers eleven weeks.", "pain")
    later = case.alone("Payroll hours are typed twice by our clerk.", "pain", at=unit(0, 1))
    drafted = case.draft()
    assert ids(drafted, "first_30_days") == [early] and ids(drafted, "pains") == [later]
    assert case.claim(early).detail["stage"] == "before first value"


def test_where_a_customer_stands_tells_the_stage_of_a_pain(case: Case) -> None:
    case.outcomes = {"alder": "lost", "birch": "churned"}
    lost = case.alone("Payroll hours are typed twice by our clerk.", "pain")
    gone = case.alone("Shift swaps needed seven clicks of a manager.", "pain", of="Birch", at=unit(0, 1))
    assert case.claim(lost).detail["stage"] == "before buying"
    assert case.claim(gone).detail["stage"] == "leaving"


# ---------------------------------------------------------------- nothing is filled in


# ---------------------------------------------------------------- facts


def told(claim: Claim) -> list[tuple[str, str]]:
    return [(fact.name, fact.text) for fact in claim.facts]


def test_a_pain_takes_its_wish_and_its_impact_from_the_sentences_around_it() -> None:
    talk = clean_source(
        "talk",
        [
            ("customer", "Orders come in by text. Which means we pay a night shift. We want one list for all pubs."),
            ("us", "Anything else?"),
            ("customer", "We want a discount."),
        ],
    )
    kinds: tuple[Kind, ...] = ("pain", "pain", "desired_outcome", "desired_outcome")
    customers = [s for s in by_id(talk).values() if talk.turns[s.turn].role == "customer"]
    said = [
        admit(Candidate(source_id=talk.id, sentence_ids=(s.id,), kinds={kind: 0.9}), talk, by_id(talk))
        for s, kind in zip(customers, kinds, strict=True)
    ]
    case = Case()
    case.sources[talk.id] = talk
    case.statements = {made.id: made for made in said}
    case.vectors = dict.fromkeys(case.statements, SLOW)
    pain = case.claim(case.theme(said[0], kind="pain"))
    assert told(pain) == [("impact", "we pay a night shift"), ("wish", "one list for all pubs")]
    assert [fact.statement for fact in pain.facts] == [said[1].id, said[2].id]


def test_each_thing_is_told_once_and_first_by_those_who_say_the_line(case: Case) -> None:
    first = case.say("We came from Ledgerly.", "alternative", of="Alder")
    again = case.say("We switched from Ledgerly.", "alternative", of="Birch")
    other = case.say("We switched from Tallyhop.", "alternative", of="Cedar")
    claim = case.claim(case.theme(other, first, again))
    assert {text for name, text in told(claim) if name == "name"} == {"Ledgerly", "Tallyhop"}
    assert len(told(claim)) == 4
    bearing = next(s for s in (first, again, other) if s.quote == claim.text)
    assert claim.facts[0].statement == bearing.id


def test_the_product_itself_is_no_alternative(case: Case) -> None:
    name = case.alone("We moved from Ledgerly to Tallyhop.", "alternative")
    worded = headlines(case.themes, {}, case.statements)
    made = claims(case.evidence, case.themes, worded, case.vectors, (), "Ledgerly")
    assert [told(claim) for claim in made.values() if claim.id == name] == [[]]


@pytest.mark.parametrize(("outcome", "origin"), [("lost", "lost"), ("churned", "churned"), ("active", "satisfied")])
def test_a_disqualifier_says_from_whom_it_comes(case: Case, outcome: Outcome, origin: str) -> None:
    name = case.alone("It's not for teams of two.", "disqualifier", of="Alder")
    case.outcomes["alder"] = outcome
    assert told(case.claim(name)) == [("comes_from", origin)]


def test_of_two_equal_claims_the_one_with_a_figure_is_told_first(case: Case) -> None:
    plain = case.alone("The invoicing run became much faster for us.", "proof")
    figure = case.alone("The invoicing run fell from 3 days to 4 hours.", "proof")
    assert ids(case.draft(), "proof") == [figure, plain]


def test_without_evidence_every_section_is_there_and_says_so(case: Case) -> None:
    drafted = case.draft()
    assert [section.key for section in drafted] == [key for key, *_ in synthesize.SECTIONS]
    assert all(section.claims == () and "Insufficient evidence" in (section.empty or "") for section in drafted)
    assert name_of(drafted, "Rotalark") == "Rotalark: no job in the evidence yet"


def test_a_profile_is_named_after_its_strongest_job(case: Case) -> None:
    case.theme(*(case.say("We schedule carers across seven homes.", "job", of=of) for of in ("Birch", "Cedar")))
    case.alone("Planning rota number 1 eats whole evenings of managers.", "job")
    assert name_of(case.draft(), "Rotalark") == "Rotalark: We schedule carers across seven homes"


def test_a_functional_job_names_it_before_a_mood(case: Case) -> None:
    case.theme(*(case.say("We won't pretend that we don't enjoy it.", "job", of=of) for of in ("Birch", "Cedar")))
    case.alone("We use it to plan the shifts of seven homes.", "job")
    assert name_of(case.draft(), "Rotalark") == "Rotalark: We use it to plan the shifts of seven homes"


KINDS: list[Kind] = ["pain", "job", "trigger", "objection", "rebuttal", "disqualifier", "proof", "fit_signal"]
LINES = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(["Alder", "Birch", "Cedar", ""]), st.sampled_from(["interview", "ticket"]),
    st.sampled_from(["praise", "trouble", "neutral"]), st.integers(0, 3),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_whatever_was_said_every_claim_is_borne_and_counted_right(
    lines: list[tuple[Kind, str, SourceKind, Tone, int]],
) -> None:
    case, groups = Case(), dict[tuple[Kind, int], list[Statement]]()
    for n, (kind, of, by, tone, axis) in enumerate(lines):
        at = unit(*([0.0] * axis), 1.0)
        said = case.say(f"Planning rota number {n} eats whole evenings.", kind, of=of, by=by, tone=tone, at=at)
        groups.setdefault((kind, axis), []).append(said)
    for members in groups.values():
        case.theme(*members)
    drafted = case.draft()
    claims = [claim for section in drafted for claim in section.claims]
    assert len({claim.id for claim in claims}) == len(claims)
    for claim in claims:
        members = [case.statements[i] for i in claim.evidence]
        assert members and unborne_words(claim.text, [m.quote for m in members]) == []
        accounts = {m.account_id for m in members} - {"unknown"}
        assert claim.support.accounts == len(accounts)
        if claim.status in ("supported", "corroborated"):
            assert len(accounts) >= 2
        if claim.status == "corroborated":
            assert len({m.source_kind for m in members}) >= 2
        against = {case.statements[i].account_id for i in claim.counter}
        assert not against & {m.account_id for m in members}
        assert (claim.status == "contested") == bool(accounts and against - {"unknown"})
    case.themes.reverse()
    assert case.draft() == drafted, "the order of themes doesn't matter"
