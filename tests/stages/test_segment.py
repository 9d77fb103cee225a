"""From turns to sentences: what is joined, what stays apart, and where each stands in the original."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from icp_synth.evidence import place
from icp_synth.records import AccountRef, CleanBlock, CleanSource, CleanTurn, Form, LineRange, Locator, Role, Unit
from icp_synth.stages.segment import segment

ACME = AccountRef(id="acme", name="Acme", known=True, why="manifest")
Piece = tuple[str, LineRange | None, Unit]


def source(*pieces: Piece, turns: list[tuple[int, int, Role]], forms: tuple[Form, ...] = ()) -> CleanSource:
    """A clean source of these blocks; turns are (first block, last block, role)."""
    blocks, at = [], 0
    for number, (text, lines, unit) in enumerate(pieces):
        first, last = lines if lines and unit == "line" else (number + 1, number + 1)
        form = forms[number] if forms else "prose"
        where = Locator(unit=unit, first=first, last=last)
        heading = "Old ways" if form == "prose" else None
        blocks.append(CleanBlock(start=at, end=at + len(text), locator=where, lines=lines, form=form, heading=heading))
        at += len(text) + 1
    made: list[CleanTurn] = []
    for first, last, role in turns:
        asked = next((n for n in range(len(made) - 1, -1, -1) if made[n].role == "us"), None)
        question = asked if role == "customer" else None
        start, end = blocks[first].start, blocks[last].end
        made.append(CleanTurn(start=start, end=end, role=role, voice="verbatim", question=question))
    return CleanSource(
        id="src-1", path="a.md", format="md", kind="interview", text="\n".join(text for text, _, _ in pieces),
        blocks=tuple(blocks), turns=tuple(made), account=ACME,
    )  # fmt: skip


def test_a_sentence_runs_on_over_the_cues_of_captions() -> None:
    captions = source(
        ("We lost two days", (3, 3), "time"), ("every month. It", (7, 7), "time"), ("was grim.", (11, 11), "time"),
        turns=[(0, 2, "customer")],
    )  # fmt: skip
    assert [s.text for s in segment(captions)] == ["We lost two days every month.", "It was grim."]
    first, second = segment(captions)
    assert place(captions, first.start, first.end) == ((3, 7), Locator(unit="time", first=1, last=2))
    assert place(captions, second.start, second.end) == ((7, 11), Locator(unit="time", first=2, last=3))


def test_bullets_and_paragraphs_stay_apart() -> None:
    bullets = source(
        ("Too slow", (4, 4), "line"), ("Too dear", (5, 5), "line"), turns=[(0, 1, "customer")]
    )  # fmt: skip
    assert [s.text for s in segment(bullets)] == ["Too slow", "Too dear"]


def test_a_quote_in_a_wrapped_paragraph_knows_its_lines() -> None:
    text = "We lost a day. It took\nus until noon\nto notice. Then we left."
    wrapped = source((text, (10, 12), "line"), turns=[(0, 0, "customer")])
    day, noon, left = segment(wrapped)
    assert place(wrapped, day.start, day.end)[0] == (10, 10)
    assert place(wrapped, noon.start, noon.end) == ((10, 12), Locator(unit="line", first=10, last=12))
    assert place(wrapped, left.start, left.end)[0] == (12, 12)


def test_a_quote_in_a_cell_knows_its_row_and_its_lines_where_the_table_is_text() -> None:
    cell = source(("Too slow.\nToo dear.", (5, 6), "row"), turns=[(0, 0, "customer")])
    first, second = segment(cell)
    assert place(cell, second.start, second.end) == ((6, 6), Locator(unit="row", first=1, last=1))
    page = source(("Too slow.", None, "page"), turns=[(0, 0, "customer")])
    assert place(page, 0, 9) == (None, Locator(unit="page", first=1, last=1))
    assert place(cell, first.start, second.end)[0] == (5, 6)


def test_a_sentence_carries_the_question_that_it_answers_and_its_heading() -> None:
    talk = source(
        ("Thanks for that. And what broke?\nHow often?", (1, 2), "line"), ("The export.", (3, 3), "line"),
        turns=[(0, 0, "us"), (1, 1, "customer")], forms=("speech", "prose"),
    )  # fmt: skip
    ours, ours_too, ours_three, theirs = segment(talk)
    assert theirs.question == "And what broke? How often?"
    assert theirs.heading == "Old ways"
    assert {s.question for s in (ours, ours_too, ours_three)} == {""}
    assert (theirs.turn, theirs.block, theirs.ordinal, theirs.id) == (1, 1, 0, "src-1.1.0")


def test_a_statement_that_invites_is_a_question_too() -> None:
    talk = source(
        ("Tell me about the start.", (1, 1), "line"), ("Slow.", (2, 2), "line"),
        turns=[(0, 0, "us"), (1, 1, "customer")],
    )  # fmt: skip
    assert segment(talk)[-1].question == "Tell me about the start."


WORDS = st.lists(st.sampled_from(["We", "lost", "it.", "Why?", "e.g.", "so", "…", '"No."', "<PERSON_1>"]), min_size=1)
TEXT = st.tuples(WORDS, st.sampled_from([" ", "\n", "  "])).map(lambda made: made[1].join(made[0]))


@given(st.lists(st.tuples(TEXT, st.sampled_from(["line", "time", "row"])), min_size=1, max_size=6), st.data())
def test_every_character_of_a_turn_lies_in_exactly_one_sentence(
    pieces: list[tuple[str, Unit]], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(pieces)), max_size=3)) | {len(pieces)})
    starts = [0, *cuts[:-1]]
    turns: list[tuple[int, int, Role]] = [(start, end - 1, "customer") for start, end in zip(starts, cuts, strict=True)]
    made = source(*((text, (1, 9), unit) for text, unit in pieces), turns=turns)
    sentences = segment(made)
    covered = [at for s in sentences for at in range(s.start, s.end)]
    assert len(covered) == len(set(covered))
    for turn in made.turns:
        said = {at for at in range(turn.start, turn.end) if not made.text[at].isspace()}
        assert said <= set(covered)
    for sentence in sentences:
        turn = made.turns[sentence.turn]
        assert turn.start <= sentence.start < sentence.end <= turn.end
        assert sentence.text == " ".join(made.text[sentence.start : sentence.end].split())
    assert len({s.id for s in sentences}) == len(sentences)
