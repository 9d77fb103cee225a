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


# ---------------------------------------------------------------- real life: labels, tickets, notes, captions


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Ruiz, Ana", "us"),
        ("Ana R.", "us"),
        ("Ana Ruiz (she/her)", "us"),
        ("Interviewer (Ana)", "us"),
        ("Customer 2", "customer"),
        ("Bo Lind, CTO", "unknown"),
        ("Anabel", "unknown"),
    ],
)
def test_meeting_tools_write_names_in_many_ways(label: str, role: str) -> None:
    manifest = Manifest(us_people=("Ana Ruiz",), us_company="Qoppa")
    found = roles(talk((label, "Fine."), ("Cy", "Fine."), ("Di", "Fine.")), manifest)
    assert found[label][0] == role or found[label] == ("customer", True) and role == "unknown"


def test_our_company_is_recognised_by_its_legal_form_and_by_the_product() -> None:
    for manifest in (Manifest(us_company="Qoppa"), Manifest(product="Qoppa")):
        assert roles(talk(("Ana (Qoppa Inc.)", "Hello.")), manifest) == {"Ana (Qoppa Inc.)": ("us", False)}


def test_a_first_name_that_both_sides_bear_is_left_open() -> None:
    manifest = Manifest(us_people=("Ana Ruiz",), sources=(ManifestSource(path="*", customers=("Ana Berg",)),))
    found = roles(talk(("Ana Ruiz", "Hi."), ("Ana Berg", "Hi.")), manifest)
    assert found == {"Ana Ruiz": ("us", False), "Ana Berg": ("customer", False)}
    assert roles(talk(("Ana", "Hm."), ("Bo", "Hm."), ("Cy", "Hm.")), manifest)["Ana"] != ("us", False)


def test_who_answers_a_ticket_is_never_the_customer() -> None:
    blocks = (
        block("The export fails.", 1, speaker="Bo Lind", side="customer"),
        block("Hi Bo, confirmed and fixed.", 2, speaker="User 77"),
        block("We use it daily, so thanks.", 3, speaker="User 78"),
        block("Internal: small account.", 4, speaker="User 77", side="us"),
    )
    found = roles(Source(path="t.json", format="zendesk", blocks=blocks), NOBODY, "ticket")
    assert found == {"Bo Lind": ("customer", False), "User 77": ("us", False), "User 78": ("us", True)}


def test_the_other_side_of_the_known_one_is_guessed() -> None:
    manifest = Manifest(us_people=("Ana Ruiz",))
    assert roles(talk(("Ana Ruiz", "Hi."), ("Bo", "Hi.")), manifest)["Bo"] == ("customer", True)


def test_a_second_seller_is_not_taken_for_a_customer() -> None:
    source = talk(
        ("Kim", "Thanks for joining. Could you tell me what you use? How do you do it? What did you try?"),
        ("Lee", "We use sheets. Our team hates it and my boss hates your product's price."),
        ("Max", "Let me show you our platform? Happy to. Could you see it? I'll send you the deck."),
    )
    found = roles(source)
    assert found["Kim"] != ("customer", True) and found["Max"] != ("customer", True)
    assert found["Lee"] == ("customer", True)


def test_prose_between_speakers_is_nobodys() -> None:
    source = Source(path="a.txt", format="txt", blocks=(
        block("Customer joined late.", 1), block("It is slow.", 2, speaker="Customer")
    ))  # fmt: skip
    _, turns = assign(source, NOBODY, "call")
    assert [turn.role for turn in turns] == ["unknown", "customer"]


@pytest.mark.parametrize(
    "aside",
    [
        "Next step: send the deck.",
        "Our pitch landed.",
        "My recommendation: no bid.",
        "We do not offer that.",
        "We lost on price.",
        "What I take from it: too small for us.",
        "Ana thinks there is a waiver.",
    ],
)
def test_what_the_rep_says_for_themselves_is_ours(aside: str) -> None:
    source, turns = assign(notes(f"{aside} They told us it is slow."), Manifest(us_people=("Ana Ruiz",)), "win_loss")
    assert [(source.blocks[t.first].text, t.role) for t in turns] == [
        (aside, "us"), ("They told us it is slow.", "customer")
    ]  # fmt: skip


def test_what_our_people_were_told_is_the_customers() -> None:
    _, turns = assign(notes("Ana was told that it is slow."), Manifest(us_people=("Ana Ruiz",)), "note")
    assert turns[0].role == "customer"


@pytest.mark.parametrize(
    "heading", ["Interviewer's thoughts", "My view", "Next steps", "Pattern, my opinion", "Lessons learned"]
)
@pytest.mark.parametrize("kind", ["win_loss", "interview"])
def test_under_a_heading_for_our_own_view_nothing_is_the_customers(heading: str, kind: str) -> None:
    blocks = (
        block("Why?", 1, form="question"), block("We lost a day.", 2), block(heading, 3, form="heading"),
        block("They were never brave enough.", 4, heading=heading),
    )  # fmt: skip
    _, turns = assign(Source(path="a.md", format="md", blocks=blocks), NOBODY, kind)  # type: ignore[arg-type]
    assert [turn.role for turn in turns] == ["us", "customer", "us"]


def test_a_quotation_in_a_third_person_note_leaves_it_reported() -> None:
    source = notes(
        "Why?", 'She was frank: "I kill tools, and I\'m slow." He agreed with her.',
        "And?", "He said, and I may quote it, that she stopped them.",
        "Then?", "I remember it since I was there when he told us.",
    )  # fmt: skip
    _, turns = assign(source, NOBODY, "interview")
    assert [turn.voice for turn in turns if turn.role == "customer"] == ["reported", "reported", "verbatim"]


def test_words_under_a_new_heading_answer_no_earlier_question() -> None:
    _, turns = assign(
        Source(path="a.md", format="md", blocks=(
            block("Why?", 1, form="question"), block("It broke.", 2), block("Company", 3, form="heading"),
            block("Ninety people.", 4),
        )), NOBODY, "interview",
    )  # fmt: skip
    assert [turn.question for turn in turns] == [None, 0, None]


def test_in_captions_without_names_what_comes_before_a_question_is_nobodys_and_selling_is_ours() -> None:
    text = "Right, here we are. What broke? The export broke. Let me show you our platform. We lost a day."
    source, turns = assign(Source(path="a.srt", format="srt", blocks=(block(text),)), NOBODY, "call")
    said = [(source.blocks[index].text, turn.role) for turn in turns for index in range(turn.first, turn.last + 1)]
    assert said == [
        ("Right, here we are.", "unknown"),
        ("What broke?", "us"),
        ("The export broke.", "customer"),
        ("Let me show you our platform.", "us"),
        ("We lost a day.", "customer"),
    ]
    assert all(turn.guessed for turn in turns)


def test_a_part_of_a_paragraph_knows_its_own_lines() -> None:
    text = "They lost two weeks\nto it. I think we\nshould have asked."
    source, _ = assign(Source(path="a.md", format="md", blocks=(block(text, 5),)), NOBODY, "note")
    assert [(b.text, b.lines) for b in source.blocks] == [
        ("They lost two weeks\nto it.", (5, 6)),
        ("I think we\nshould have asked.", (6, 7)),
    ]


LINES = st.sampled_from(["Why?", "It broke. I left.", "# View", "Attendees: Bo", "Next step: go.", "She said no."])


@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(["note", "win_loss", "interview", "survey", "ticket"]))
def test_whatever_the_notes_turns_cover_exactly_what_is_said(lines: list[str], kind: str) -> None:
    source, turns = assign(notes(*lines), NOBODY, kind)  # type: ignore[arg-type]
    covered = [index for turn in turns for index in range(turn.first, turn.last + 1)]
    said = [index for index, one in enumerate(source.blocks) if one.form not in ("heading", "field")]
    assert covered == said
    assert all(turn.question is None or turns[turn.question].role == "us" for turn in turns)
    assert all(turn.question is None or turn.question < n for n, turn in enumerate(turns))
