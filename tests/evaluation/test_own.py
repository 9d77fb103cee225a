"""A gold set of one's own: the sample is fair, labels become items, and only what was labelled is measured."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from icp_synth.adapters.home import keyed_hash
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation import own
from icp_synth.evaluation.cases import GoldSet, read_set
from icp_synth.evaluation.gold_file import File
from icp_synth.evaluation.interviews import measure
from icp_synth.evaluation.own import Answer, Document
from icp_synth.evaluation.reading import NaiveReader, drafted, prepared
from icp_synth.evaluation.results import Result
from icp_synth.evaluation.sampling import Evidence, Page, choose, read
from icp_synth.ports import Detector, Embedder
from icp_synth.records import Manifest, RawFile, Role

ALDER = """# Interview - Alder House

**Interviewer:** What was hard before?

**Marisol Vega:** Planning the rota took me nine hours each week. We lost two nurses as shifts came too late. It rained today.

**Interviewer:** Our app plans a month in ten minutes.
"""
BIRCH = """Interview - Birch Care

Interviewer: What was hard before?
Customer: Every Friday I planned shifts by hand for nine hours.
Customer: We worried that the older carers would never use an app.
Interviewer: Do they?
Customer: They do use it, all of them, since the second week.
"""
TICKETS = "subject,description,requester\nExport,The export breaks every Friday.,a\nLogin,I cannot log in at all.,b\n"
RAWS = [
    RawFile(path="alder.md", data=ALDER.encode()),
    RawFile(path="birch.txt", data=BIRCH.encode()),
    RawFile(path="pack.zip!tickets.csv", data=TICKETS.encode()),
]
Read = Callable[[Document], Result]
KEYED = partial(keyed_hash, b"test")


@pytest.fixture(scope="module")
def evidence(detector: Detector) -> Evidence:
    """Three files as they are read for sampling."""
    return read(RAWS, Manifest(product="Rotalark"), detector, KEYED)


def page(n: int, file: str, role: Role) -> Page:
    """A page of no interest but for its file and role."""
    return Page(
        id=f"src.{n}", file=file, path=file, kind="interview", role=role, speaker=None, sure=False, lines=(n, n),
        text=f"Sentence {n}.", question="", heading="", before="", after="",
    )  # fmt: skip


def made(evidence: Evidence, size: int = 60) -> Document:
    """A set whose sample is in the order in which it was said."""
    chosen = sorted(choose(evidence.pages, size, 0), key=evidence.pages.index)
    return own.new_document("rota", "Rotalark", evidence.files, chosen)


def entry(document: Document, words: str) -> str:
    """The id of the sentence with these words."""
    return next(one.id for one in own.sample_of(document) if words in one.quote)


def as_set(document: Document, folder: Path) -> GoldSet:
    """The set as it is read back from the disk."""
    (folder / "evidence").mkdir(exist_ok=True)
    (folder / "gold.yaml").write_text(own.to_text(document), encoding="utf-8")
    return read_set(folder / "gold.yaml")


# ---------------------------------------------------------------- the sample


def test_what_customers_say_may_be_labelled_with_what_helps_to_judge_it(evidence: Evidence) -> None:
    (lost,) = (one for one in evidence.pages if one.text.startswith("We lost two nurses"))
    assert (lost.file, lost.lines, lost.kind, lost.role) == ("alder.md", (5, 5), "interview", "customer")
    assert "hard before" in lost.question and lost.speaker == "<PERSON_1>" and lost.sure
    assert lost.before.startswith("Planning the rota") and lost.after == "It rained today."
    assert not any("ten minutes" in one.text for one in evidence.pages), "what we say is not labelled"
    (worried,) = (one for one in evidence.pages if one.text.startswith("We worried"))
    assert (worried.before, worried.after) == (
        "Every Friday I planned shifts by hand for nine hours.",
        "Interviewer: Do they?",
    )


def test_files_are_named_with_what_is_known_of_them(evidence: Evidence) -> None:
    assert [(file.name, file.lines, file.account) for file in evidence.files] == [
        ("alder.md", 7, "Alder House"),
        ("birch.txt", 7, "Birch Care"),
        ("pack.zip!tickets.csv", 3, None),
    ]
    tickets = [one for one in evidence.pages if one.file.startswith("pack")]
    assert tickets and not any(one.sure for one in tickets), "a pseudonym means somebody else in each row"


@given(
    sizes=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=6),
    size=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_a_sample_holds_each_file_with_customers_once_at_least_and_nothing_twice(
    sizes: list[tuple[int, int]], size: int, seed: int
) -> None:
    files = [
        (f"f{file}", role)
        for file, (customers, unknown) in enumerate(sizes)
        for role in ["customer"] * customers + ["unknown"] * unknown
    ]
    pages = [page(n, file, role) for n, (file, role) in enumerate(files)]  # type: ignore[arg-type]
    chosen = choose(pages, size, seed)
    assert chosen == choose(pages, size, seed)
    assert len({one.id for one in chosen}) == len(chosen) == min(size, len(pages))
    with_customers = {file for file, role in files if role == "customer"}
    assert len({one.file for one in chosen} & with_customers) >= min(size, len(with_customers))


def test_every_sentence_comes_up_about_as_often_whatever_it_says() -> None:
    pages = [page(n, "one", "unknown" if n % 2 else "customer") for n in range(20)]
    drawn = Counter(one.id for seed in range(400) for one in choose(pages, 10, seed))
    assert all(140 < drawn[one.id] < 260 for one in pages), drawn
    first = Counter(choose(pages, 10, seed)[0].id for seed in range(400))
    assert max(first.values()) < 60, "somebody who stops early has not labelled the same corner"


# ---------------------------------------------------------------- labels


def test_keys_say_kinds_the_main_one_first() -> None:
    assert own.parse("p") == Answer(kinds=("pain",))
    assert own.parse(" J p! ") == Answer(kinds=("job", "pain"), core=False)
    assert own.parse("##b") == Answer(kinds=("proof", "buying_role"))
    assert own.parse("n") == Answer() and own.parse("U") == Answer(customer=False)
    assert [own.parse(key) for key in "szq"] == ["skip", "undo", "stop"]
    assert len(set(own.KEYS.values())) == 10 and not {*own.KEYS} & {*"nuszq!"}


@pytest.mark.parametrize("typed", ["", "!", "x", "px", "pn", "n!", "p!j", "sz"])
def test_what_is_no_label_says_what_is(typed: str) -> None:
    with pytest.raises(NotFoundError, match="Type p, pj or pj! and Enter"):
        own.parse(typed)


def test_a_label_becomes_an_item_and_undoing_it_leaves_no_trace(evidence: Evidence, tmp_path: Path) -> None:
    fresh = made(evidence)
    lost = entry(fresh, "We lost two nurses")
    done = own.answered(fresh, lost, Answer(kinds=("pain", "trigger"), core=False))
    gold = as_set(done, tmp_path)
    (item,) = gold.items
    assert (item.id, item.kind, item.alt_kinds, item.core, item.accounts) == (lost, "pain", ("trigger",), False, None)
    (place,) = item.evidence
    assert (place.file, place.lines, place.quote) == (
        "alder.md",
        (5, 5),
        "We lost two nurses as shifts came too late.",
    )
    assert gold.sample == (place,)
    assert own.withdrawn(done, lost) == fresh
    again = own.answered(done, lost, Answer())
    assert again["items"] == [] and len(own.labelled(again)) == 1


def test_whose_side_a_speaker_is_on_follows_from_most_labels(evidence: Evidence) -> None:
    document = made(evidence)
    planned, worried, used = (entry(document, words) for words in ("Every Friday", "We worried", "They do use"))
    document = own.answered(document, planned, Answer(customer=False))
    assert document["roles"] == [{"file": "birch.txt", "speaker": "Customer", "role": "us"}]
    document = own.answered(document, worried, Answer(kinds=("objection",)))
    assert document["roles"] == [], "one says so and one says no"
    document = own.answered(document, used, Answer(kinds=("rebuttal",)))
    assert document["roles"][0]["role"] == "customer"
    by_hand = {"file": "birch.txt", "speaker": "Interviewer", "role": "us"}
    assert by_hand in own.withdrawn({**document, "roles": [by_hand, *document["roles"]]}, used)["roles"]
    ticket = entry(document, "export breaks")
    assert len(own.answered(document, ticket, Answer(customer=False))["roles"]) == 1, "who that was isn't known"


SMALL = own.new_document(
    "small",
    "Rotalark",
    [File(name="a.txt", lines=9, account=None, source_kind="interview")],
    [page(n, "a.txt", "unknown" if n % 2 else "customer") for n in range(4)],
)


@given(st.lists(st.tuples(st.integers(0, 3), st.text(alphabet="pjtordwa#bnu!z", min_size=1, max_size=4))))
def test_whatever_is_typed_leaves_a_set_that_can_be_read(typed: list[tuple[int, str]]) -> None:
    document, labelled = SMALL, set()
    for n, keys in typed:
        try:
            said = own.parse(keys)
        except NotFoundError:
            continue
        if isinstance(said, Answer):
            document, labelled = own.answered(document, f"src.{n}", said), labelled | {n}
        else:
            document, labelled = own.withdrawn(document, f"src.{n}"), labelled - {n}
        document = own.from_text(own.to_text(document), "gold.yaml")
    with tempfile.TemporaryDirectory() as folder:
        gold = as_set(document, Path(folder))
    assert gold.sample is not None and len(gold.sample) == len(labelled)
    ids = [item.id for item in gold.items]
    assert len(set(ids)) == len(ids) and {*ids} <= {f"src.{n}" for n in labelled}


def test_what_a_person_wrote_into_the_set_is_kept() -> None:
    item = {"id": "mine", "kind": "job", "statement": "Plan.", "strength": "core", "evidence": [{"file": "a.txt"}]}
    document = {**SMALL, "items": [item], "questions": [{"id": "q", "question": "Why?"}]}
    after = own.withdrawn(own.answered(document, "src.1", Answer(kinds=("pain",))), "src.1")
    assert after["items"] == [item] and after["questions"] == document["questions"]


@pytest.mark.parametrize("broken", [{"set": "a"}, {"sample": None}, {"sample": [{"id": "a"}]}, {"sample": ["a"]}])
def test_a_set_without_a_sample_says_how_to_get_one(broken: object) -> None:
    with pytest.raises(EvidenceError, match=r"gold\.yaml holds .*eval init"):
        own.from_text(yaml.safe_dump(broken), "gold.yaml")


def test_two_people_are_compared_on_what_both_labelled() -> None:
    first = own.answered(own.answered(SMALL, "src.0", Answer(kinds=("pain", "job"))), "src.1", Answer())
    second = own.second_document(first, "Ada")
    assert second["annotator"] == "Ada" and second["items"] == [] and own.labelled(second) == ()
    for entry_id, answer in {"src.0": Answer(kinds=("job",)), "src.1": Answer(), "src.2": Answer()}.items():
        second = own.answered(second, entry_id, answer)
    found = own.agreement(first, second)
    assert (found.both, found.same, found.common) == (2, 1, 2)


# ---------------------------------------------------------------- measuring


@pytest.fixture
def reads(detector: Detector, embedder: Embedder, tmp_path: Path) -> Read:
    """How the naive reader, who quotes everything, does on a document."""

    def done(document: Document) -> Result:
        gold = as_set(document, tmp_path)
        manifest = Manifest(product="Rotalark")
        reader = NaiveReader(embedder)
        ready = prepared(gold, RAWS, manifest, detector, embedder, KEYED)
        return measure(drafted(ready, embedder, reader, dt.date(2026, 1, 1)))

    return done


def test_only_what_was_labelled_counts_for_precision(evidence: Evidence, reads: Read) -> None:
    document = made(evidence)
    nothing = reads(document)
    assert (
        nothing.facts["statements"] == 10
        and nothing.figures["typed_precision"].value is None
        and nothing.figures["core_recall"].value is None
    )
    everything = ("pain", *(kind for kind in own.KEYS.values() if kind != "pain"))
    document = own.answered(document, entry(document, "We lost two nurses"), Answer(kinds=everything))
    right = reads(document)
    assert (
        right.figures["typed_precision"].value
        == right.figures["core_recall"].value
        == right.figures["typed_core_recall"].value
        == 1.0
    )
    assert right.cases == (), "other sentences of the same line were not looked at"
    document = own.answered(document, entry(document, "It rained"), Answer())
    half = reads(document)
    assert half.figures["typed_precision"].value == 0.5 and len(half.cases) == 1
    assert (
        half.figures["accounts_exact"].value is None
        and half.facts["accounts_off_by"] is None
        and half.figures["status_accuracy"].value is None
    )


def test_what_lies_in_an_archive_is_measured_too(evidence: Evidence, reads: Read) -> None:
    document = made(evidence)
    document = own.answered(document, entry(document, "export breaks"), Answer(kinds=("pain",)))
    assert reads(document).figures["core_recall"].value == 1.0


def test_roles_are_measured_by_pseudonym(evidence: Evidence, reads: Read) -> None:
    document = made(evidence)
    document = own.answered(document, entry(document, "We lost two nurses"), Answer(customer=False))
    document = own.answered(document, entry(document, "Every Friday"), Answer(kinds=("pain",)))
    assert "Marisol" not in own.to_text(document)
    reading = reads(document)
    assert reading.figures["roles"].value == 0.5 and reading.figures["words_of_us"].value == 0.3
