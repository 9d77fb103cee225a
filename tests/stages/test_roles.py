"""Who speaks for whom: only customers' words may become evidence, so roles are decided first and can be corrected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.records import Manifest, ManifestSource, Overlay, Participant, Source, Turn
from icp_synth.stages.roles import assign
from tests.stages.raw_sources import block, notes, talk

NOBODY = Manifest()


def roles(source: Source, manifest: Manifest = NOBODY, kind: str = "call") -> dict[str | None, tuple[str, bool]]:
    _, turns = assign(source, manifest, kind)  # type: ignore[arg-type]
    return {turn.speaker: (turn.role, turn.guessed) for turn in turns}


def test_labels_that_are_roles_say_it_themselves() -> None:
    found = roles(talk(("Interviewer", "How was it?"), ("Customer", "Slow."), ("Rep", "Sorry.")))
    assert found == {"Interviewer": ("us", False), "Customer": ("customer", False), "Rep": ("us", False)}


def test_the_manifest_names_our_people_and_their_people() -> None:
    manifest = Manifest(us_people=("Ana Ruiz",), sources=(ManifestSource(path="call.txt", customers=("Bo Lind",)),))
    found = roles(talk(("Ana", "Hello."), ("Bo Lind", "Hi.")), manifest)
    assert found == {"Ana": ("us", False), "Bo Lind": ("customer", False)}


def test_a_company_in_the_label_tells_the_side() -> None:
    found = roles(talk(("Ana (Qoppa)", "Hello."), ("Bo (Zell)", "Hi.")), Manifest(us_company="Qoppa"))
    assert found == {"Ana (Qoppa)": ("us", False), "Bo (Zell)": ("customer", False)}


def test_our_mail_domain_is_us_and_another_is_a_customer() -> None:
    source = Source(path="a.eml", format="eml", blocks=(
        block("It is slow.", 1, speaker="Bo", email="bo@zell.example"),
        block("We will look.", 2, speaker="Ana", email="ana@qoppa.example"),
    ))  # fmt: skip
    found = roles(source, Manifest(us_domains=("qoppa.example",)))
    assert found == {"Bo": ("customer", False), "Ana": ("us", False)}


def test_an_attendee_list_tells_sides() -> None:
    people = (Participant(name="Bo Lind", side="customer"), Participant(name="Ana Ruiz", side="us"))
    found = roles(talk(("Bo", "It is slow."), ("Ana", "I see."), participants=people))
    assert found == {"Bo": ("customer", False), "Ana": ("us", False)}


def test_the_format_knows_better_than_the_label() -> None:
    source = Source(path="t.json", format="zendesk", blocks=(block("Done.", speaker="Customer", side="us"),))
    assert roles(source) == {"Customer": ("us", False)}


def test_who_asks_and_sells_is_guessed_to_be_us() -> None:
    source = talk(
        ("Kim", "Thanks for joining. Could you walk me through how you do it today? What did you try?"),
        ("Lee", "We use spreadsheets. Our team spends two days a week on it, and my boss hates your pricing page."),
        ("Kim", "How long does it take? Let me show you our platform."),
        ("Lee", "We tried two tools and ended up with nothing."),
    )
    assert roles(source) == {"Kim": ("us", True), "Lee": ("customer", True)}


def test_two_speakers_that_nothing_tells_apart_stay_unknown_rather_than_evidence_by_default() -> None:
    found = roles(talk(("Kim", "Nice weather."), ("Lee", "Indeed.")))
    assert "us" not in {role for role, _ in found.values()}


def test_questions_of_notes_are_ours_and_answers_know_their_question() -> None:
    _, turns = assign(notes("Why did you switch?", "The old tool broke."), NOBODY, "interview")
    assert [(turn.role, turn.question) for turn in turns] == [("us", None), ("customer", 0)]


def test_a_transcript_without_speakers_gets_turns_by_question_and_answer_marked_as_guessed() -> None:
    text = "So what made you look around? Our vendor was bought in March. And then? We lost two weeks."
    source = Source(path="a.vtt", format="vtt", blocks=(block(text),))
    source, turns = assign(source, NOBODY, "call")
    said = [(" ".join(b.text for b in source.blocks[t.first : t.last + 1]), t.role, t.guessed) for t in turns]
    assert said == [
        ("So what made you look around?", "us", True),
        ("Our vendor was bought in March.", "customer", True),
        ("And then?", "us", True),
        ("We lost two weeks.", "customer", True),
    ]


def test_notes_of_a_rep_are_reported_and_the_reps_asides_are_ours() -> None:
    source = notes("They lost two weeks to the migration. I think we should have sent a better demo.")
    source, turns = assign(source, NOBODY, "win_loss")
    assert [(source.blocks[t.first].text, t.role, t.voice) for t in turns] == [
        ("They lost two weeks to the migration.", "customer", "reported"),
        ("I think we should have sent a better demo.", "us", "verbatim"),
    ]


def test_third_person_answers_are_reported_and_first_person_ones_verbatim() -> None:
    _, told = assign(notes("What broke?", "The adopter lost two days."), NOBODY, "interview")
    _, said = assign(notes("What broke?", "We lost two days."), NOBODY, "interview")
    assert (told[1].voice, said[1].voice) == ("reported", "verbatim")


def test_a_correction_is_laid_over_the_clean_source(clean_source) -> None:
    from icp_synth.stages.roles import with_roles

    source = clean_source(talk(("Kim", "It is slow."), ("Interviewer", "Why?")))
    before = {turn.speaker: turn.role for turn in source.turns}
    speaker = next(speaker for speaker in before if speaker != "Interviewer")
    overlay = Overlay(id="1", action="role.set", target=source.id, value={"speaker": speaker, "role": "us"})
    after = with_roles(source, [overlay])
    assert {turn.speaker: turn.role for turn in after.turns} == {speaker: "us", "Interviewer": "us"}
    assert with_roles(source, []) == source


words = st.sampled_from(["It is slow.", "Why?", "We use it daily.", "Our platform is great.", "Yes"])


@given(st.lists(st.tuples(st.sampled_from(["Kim", "Lee", "Rep"]), words), min_size=1, max_size=8))
def test_turns_cover_every_block_once_and_in_order(said: list[tuple[str, str]]) -> None:
    source, turns = assign(talk(*said), NOBODY, "call")
    covered = [index for turn in turns for index in range(turn.first, turn.last + 1)]
    assert covered == list(range(len(source.blocks)))
    assert all(isinstance(turn, Turn) for turn in turns)


@pytest.mark.parametrize("form", ["heading", "field"])
def test_structure_is_never_a_turn(form: str) -> None:
    source = Source(path="a.md", format="md", blocks=(block("Attendees: Bo", form=form), block("We lost a day.", 2)))  # type: ignore[arg-type]
    _, turns = assign(source, NOBODY, "interview")
    assert [(turn.first, turn.last) for turn in turns] == [(1, 1)]
