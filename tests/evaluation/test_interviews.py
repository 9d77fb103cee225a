"""The yardstick for reading: what is found counts once, what is wrong counts against, and a reader that slips is caught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from icp_synth.evaluation import interviews
from icp_synth.evaluation.reading import NaiveReader
from icp_synth.ports import Embedder
from icp_synth.records import Manifest, ManifestSource
from tests.conftest import Cli
from tests.evaluation.conftest import RIGHT, Measured, Read, Scripted


def values(result: interviews.Result) -> dict[str, float | None]:
    return {name: figure.value for name, figure in result.figures.items()}


def test_a_reader_that_is_right_gets_everything(measured: Measured) -> None:
    told = measured(Scripted(RIGHT))
    found = values(told)
    assert found["core_recall"] == found["typed_core_recall"] == found["typed_precision"] == found["typed_f1"] == 1.0
    assert found["page_one_recall"] == 1.0 and found["on_traps"] == 0 and told.cases == ()
    assert found["citations_valid"] == found["claims_valid"] == 1.0 and found["unsupported_sentences"] == 0.0


def test_the_right_place_under_the_wrong_kind_is_found_but_not_typed(measured: Measured) -> None:
    told = measured(Scripted({**RIGHT, "We lost": "trigger"}))
    found = values(told)
    assert found["core_recall"] == 1.0 and found["typed_core_recall"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["typed_precision"] == 0.8
    missed, wrong = told.cases
    assert (missed.what, missed.kind, missed.note) == ("wrong kind", "pain", "read as trigger")
    assert (wrong.what, wrong.kind, wrong.where) == ("of another kind", "trigger", "alder.txt:5")
    assert told.confusion["pain"] == {"pain": 2, "trigger": 1}


def test_what_is_overlooked_is_shown_with_its_words(measured: Measured) -> None:
    told = measured(Scripted({"Planning the rota": "pain", "Every Friday": "pain", "We worried": "objection"}))
    (missed,) = told.cases
    assert (missed.what, missed.where) == ("missed", "alder.txt")
    assert missed.text == "We lost two nurses because shifts came too late."


def test_another_kind_that_an_annotator_could_defend_is_right(measured: Measured) -> None:
    assert values(measured(Scripted({**RIGHT, "Planning the rota": "proof"})))["typed_precision"] == 1.0


def test_small_talk_counts_against_and_as_a_trap(measured: Measured) -> None:
    told = measured(Scripted({**RIGHT, "The weather": "pain"}))
    found = values(told)
    assert found["typed_precision"] == pytest.approx(5 / 6, abs=1e-3)
    assert found["on_traps"] == pytest.approx(1 / 6, abs=1e-3)
    assert [(case.what, case.where) for case in told.cases] == [("not in the gold", "alder.txt:7")]


def test_swapped_roles_are_caught_and_so_are_our_own_words(measured: Measured) -> None:
    right = values(measured(Scripted({**RIGHT, "Our app": "proof"})))
    assert right["roles"] == 1.0 and right["words_of_us"] == 0.0
    manifest = Manifest(sources=(ManifestSource(path="alder.txt", us=("Customer",), customers=("Interviewer",)),))
    swapped = values(measured(Scripted({**RIGHT, "Our app": "proof"}), manifest))
    assert swapped["roles"] == 0.0 and (swapped["words_of_us"] or 0) > 0
    assert (swapped["typed_core_recall"] or 0) < 1.0


def test_a_reader_that_is_off_by_one_sentence_is_caught(measured: Measured) -> None:
    found = values(measured(Scripted({"The weather": "pain", "They do": "objection", "We lost": "rebuttal"})))
    assert found["typed_core_recall"] == 0.0 and found["typed_precision"] == 0.0


def test_the_naive_reader_quotes_every_sentence_of_a_customer(measured: Measured, embedder: Embedder) -> None:
    told = measured(NaiveReader(embedder))
    assert told.facts["statements"] == 6 and told.figures["core_recall"].value == 1.0
    assert (told.figures["typed_precision"].value or 0) < 1.0


def test_the_order_of_arrival_does_not_matter_and_a_reader_that_wavers_is_caught(read: Read) -> None:
    first = read(Scripted(RIGHT))
    steady = interviews.measure(first, [read(Scripted(RIGHT), shuffled=1), read(Scripted(RIGHT), shuffled=2)])
    assert steady.figures["stable"].value == 1.0
    wavering = interviews.measure(first, [read(Scripted({**RIGHT, "We lost": "trigger"}))])
    assert wavering.figures["stable"].value == 0.8


def test_themes_last_when_evidence_arrives_and_one_that_is_lost_is_caught(read: Read) -> None:
    whole = read(Scripted(RIGHT))
    before = read(Scripted({text: kind for text, kind in RIGHT.items() if not text.startswith("We lost")}))
    after = read(Scripted(RIGHT), earlier=before.themes)
    lasting = values(interviews.measure(whole, grown=[(before, after)]))
    assert lasting["themes_kept"] == lasting["members_kept"] == 1.0
    first, *others = after.themes
    forgot = replace(after, themes=(first.model_copy(update={"members": ()}), *others[1:]))
    lost = values(interviews.measure(whole, grown=[(before, forgot)]))
    assert (lost["members_kept"] or 0) < (lost["themes_kept"] or 0) < 1.0


def test_confidence_is_held_against_what_turned_out_right(measured: Measured) -> None:
    told = measured(Scripted({**RIGHT, "The weather": "pain"}))
    assert sum(one.count for one in told.calibration) == 6
    assert all(one.confidence == 0.9 for one in told.calibration)
    assert sum(one.right * one.count for one in told.calibration) == pytest.approx(5)


def test_the_command_sets_both_readers_beside_each_other(cli: Cli, folder: Path) -> None:
    ended = cli("eval", "interviews", "--data", folder, "--again", "1", "--json")
    assert ended.code == 0, ended.err
    ours, naive = ended.json["results"]
    assert (ours["set"], naive["reader"]) == ("rota", "naive") and naive["facts"]["statements"] == 6
    assert ours["figures"]["stable"]["value"] == 1.0 and ours["facts"]["judge"] == "not judged"
    assert "rota" in cli("eval", "interviews", "--data", folder).out
