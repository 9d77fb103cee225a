"""A fault of each kind is planted, and the gate turns red; without one it stays green. On a golden set, with the real parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from icp_synth import assets
from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.analysts.extractive import ExtractiveAnalyst, Head, load_head
from icp_synth.cli.evidence import read_manifest
from icp_synth.errors import ScrubError
from icp_synth.evaluation import asking, interviews, leaks, rendering
from icp_synth.evaluation.cases import read_set
from icp_synth.evaluation.comparing import compare, regressions
from icp_synth.evaluation.reading import Drafted, Prepared, drafted, prepared
from icp_synth.evaluation.results import Report, Result
from icp_synth.evaluation.suites import AS_OF
from icp_synth.ports import Analyst, Detector, Embedder, Passages
from icp_synth.records import Candidate, CleanSource, Passage, Profile, Proposed, RawFile, Redaction, Role

SET = assets.golden_dir() / "nexacrm"


def taken_in(detector: Detector, embedder: Embedder) -> Prepared:
    gold = read_set(SET / "gold.yaml")
    files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
    manifest = read_manifest(gold.folder, gold.product)
    return prepared(gold, files, manifest, detector, embedder, partial(keyed_hash, b"eval"))


@pytest.fixture(scope="module")
def ready(detector: Detector, embedder: Embedder) -> Prepared:
    """The set, scrubbed and embedded."""
    return taken_in(detector, embedder)


Reads = Callable[..., Drafted]


@pytest.fixture(scope="module")
def reads(ready: Prepared, embedder: Embedder) -> Reads:
    """The set as an analyst reads it."""

    def done(analyst: Analyst | None = None, changed: Prepared | None = None) -> Drafted:
        return drafted(changed or ready, embedder, analyst or ExtractiveAnalyst(), AS_OF)

    return done


@pytest.fixture(scope="module")
def right(reads: Reads) -> Drafted:
    """The set as it is read today."""
    return reads()


def gate(before: Result, after: Result) -> set[str]:
    """The figures for which the gate is red."""
    reports = [
        Report(version="0", analyst="a", embedder="e", detector="d", results=(result,)) for result in (before, after)
    ]
    return {one.figure for one in regressions(compare(*reports))}


def test_the_same_again_is_green(right: Drafted, reads: Reads) -> None:
    assert gate(interviews.measure(right), interviews.measure(reads())) == set()
    assert (
        gate(rendering.measure(right, assets.template_dir()), rendering.measure(right, assets.template_dir())) == set()
    )


class OffByOne(ExtractiveAnalyst):
    """Points at the sentence behind the one that it means."""

    def read(self, passages: Sequence[Passages]) -> list[Proposed[tuple[Candidate, ...]]]:
        following = {
            sentence.id: after.id
            for one in passages
            for sentence, after in zip(one.sentences, one.sentences[1:], strict=False)
        }
        return [
            Proposed(
                what=tuple(
                    candidate.model_copy(update={"sentence_ids": (following.get(one, one),)})
                    for candidate in read.what
                    for one in candidate.sentence_ids[:1]
                )
            )
            for read in super().read(passages)
        ]


def test_quotes_shifted_by_one_sentence(right: Drafted, reads: Reads) -> None:
    red = gate(interviews.measure(right), interviews.measure(reads(OffByOne())))
    assert {"typed_core_recall", "typed_precision"} <= red


def test_roles_swapped(right: Drafted, ready: Prepared, reads: Reads) -> None:
    other: dict[Role, Role] = {"customer": "us", "us": "customer", "unknown": "unknown"}

    def swapped(source: CleanSource) -> CleanSource:
        turns = tuple(turn.model_copy(update={"role": other[turn.role]}) for turn in source.turns)
        return source.model_copy(update={"turns": turns})

    changed = Prepared(
        **{
            **vars(ready),
            "sources": {name: swapped(source) for name, source in ready.sources.items()},
            "spoken": tuple(one.model_copy(update={"role": other[one.role]}) for one in ready.spoken),
        }
    )
    red = gate(interviews.measure(right), interviews.measure(reads(changed=changed)))
    assert {"roles", "words_of_us", "core_recall"} <= red


@pytest.mark.parametrize(("step", "worse"), [(0.2, "typed_core_recall"), (-0.25, "typed_precision")])
def test_a_threshold_moved(right: Drafted, reads: Reads, step: float, worse: str) -> None:
    head: Head = load_head()
    head.thresholds = head.thresholds + step
    assert worse in gate(interviews.measure(right), interviews.measure(reads(ExtractiveAnalyst(head))))


class WithoutPhones:
    """The detector, its recognizer of telephone numbers removed."""

    name = "without telephones"

    def __init__(self, whole: Detector) -> None:
        self._whole = whole

    def find(self, text: str) -> Sequence[Redaction]:
        return self._less(self._whole.find(text))

    def find_all(self, passages: Sequence[Passage]) -> Sequence[Sequence[Redaction] | ScrubError]:
        return [f if isinstance(f, ScrubError) else self._less(f) for f in self._whole.find_all(passages)]

    def find_in_label(self, text: str) -> Sequence[Redaction]:
        return self._less(self._whole.find_in_label(text))

    @staticmethod
    def _less(found: Sequence[Redaction]) -> list[Redaction]:
        return [one for one in found if one.entity != "PHONE_NUMBER"]


def test_a_recognizer_removed(ready: Prepared, detector: Detector, embedder: Embedder) -> None:
    without = taken_in(WithoutPhones(detector), embedder)
    red = gate(leaks.measure(ready, detector.name), leaks.measure(without, "without telephones"))
    assert {"gone", "phone: gone"} <= red


def shuffled(profile: Profile) -> Profile:
    """Every claim cites what the next one of its section rests on."""
    sections = []
    for section in profile.sections:
        evidence = [claim.evidence for claim in section.claims]
        moved = [*evidence[1:], *evidence[:1]]
        claims = (c.model_copy(update={"evidence": e}) for c, e in zip(section.claims, moved, strict=True))
        sections.append(section.model_copy(update={"claims": tuple(claims)}))
    return profile.model_copy(update={"sections": tuple(sections)})


def test_citations_shuffled_in_the_profile(right: Drafted) -> None:
    wrong = Drafted(**{**vars(right), "profile": shuffled(right.profile)})
    red = gate(interviews.measure(right), interviews.measure(wrong))
    assert {"claims_valid", "unsupported_sentences"} <= red


def test_citations_shuffled_on_the_page(right: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rendering.measure(right, assets.template_dir())
    render = rendering.render

    def careless(profile: Profile, templates: Path) -> object:
        return render(shuffled(profile), templates)

    monkeypatch.setattr(rendering, "render", careless)
    assert "citations_match" in gate(whole, rendering.measure(right, assets.template_dir()))


def test_citations_shuffled_in_answers(right: Drafted, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asking.measure(right, embedder)
    respond = asking.Asked.respond

    def careless(asks: asking.Asked, question: str) -> object:
        answer = respond(asks, question)
        moved = tuple(one.model_copy(update={"start": one.start + 1, "end": one.end + 1}) for one in answer.citations)
        return answer.model_copy(update={"citations": moved})

    monkeypatch.setattr(asking.Asked, "respond", careless)
    assert "citations_valid" in gate(whole, asking.measure(right, embedder))
