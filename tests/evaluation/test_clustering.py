"""Themes against labels: what is right by hand, and the public sets read in the formats in which they are published."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation import clustering
from icp_synth.evaluation.clustering import OUTSIDE, Labelled
from icp_synth.ports import Embedder, Vectors
from tests.conftest import Cli
from tests.evaluation.conftest import Ready

CARD = ("Where is my new card?", "My new card hasn't arrived.", "When will my new card arrive?")
PIN = ("I forgot my PIN.", "I can't remember my PIN.", "I have forgotten my PIN code.")
ODD = ("Who won the chess game yesterday?",)


class Told:
    """Implements `ports.Embedder`: texts stand where they are told to stand."""

    name, dimensions = "told", 8

    def __init__(self, groups: Sequence[int]) -> None:
        self._groups = groups

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.eye(8, dtype=np.float32)[list(self._groups[: len(texts)])]


def values(labels: str, groups: Sequence[int]) -> dict[str, float | None]:
    one = Labelled(name="letters", texts=tuple(f"Text {n}." for n in range(len(labels))), labels=tuple(labels))
    return {key: figure.value for key, figure in clustering.measure_labelled(one, Told(groups)).figures.items()}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((1, 1, 2, 2), {"v_measure": 1.0, "ari": 1.0, "pairs_joined": 1.0, "pairs_right": 1.0}),
        ((1, 1, 1, 1), {"v_measure": 0.0, "ari": 0.0, "pairs_joined": 1.0, "pairs_right": 0.3333}),
        ((1, 2, 3, 4), {"v_measure": 0.6667, "ari": 0.0, "pairs_joined": 0.0, "pairs_right": None}),
        # 3 pairs joined, of which 1 of the 2 that belong together: V by hand 2hc/(h+c), h = 0.3113, c = 0.3837
        ((1, 1, 1, 2), {"v_measure": 0.3437, "ari": 0.0, "pairs_joined": 0.5, "pairs_right": 0.3333}),
    ],
    ids=["as it should be", "all in one", "each alone", "one astray"],
)
def test_figures_are_what_they_are_by_hand(groups: Sequence[int], expected: dict[str, float | None]) -> None:
    assert values("aabb", groups) == expected


def test_what_is_about_nothing_should_stay_alone() -> None:
    labels = ("a", "a", "b", "b", OUTSIDE, OUTSIDE)
    one = Labelled(name="noise", texts=tuple(f"Text {n}." for n in range(6)), labels=labels)
    told = clustering.measure_labelled(one, Told((1, 1, 2, 3, 4, 2)))
    assert told.figures["outside_found"].value == 0.5, "one stands alone, the other fell in with the first b"
    assert told.figures["inside_kept"].value == 0.75, "the second b was left alone"
    assert told.figures["v_measure"].value == 0.8, "what is about nothing has no theme to be in"
    assert (told.facts["clusters"], told.facts["true_clusters"]) == (2, 2)


def test_real_texts_fall_into_place(embedder: Embedder) -> None:
    one = Labelled(name="bank", texts=CARD + PIN + ODD, labels=("card",) * 3 + ("pin",) * 3 + (OUTSIDE,))
    told = clustering.measure_labelled(one, embedder)
    assert told.figures["ari"].value == 1.0 and told.figures["outside_found"].value == 1.0


def test_items_of_the_gold_are_what_belongs_together(ready: Ready) -> None:
    told = clustering.measure(ready())
    assert (told.set, told.facts["sentences"], told.facts["items"]) == ("rota", 5, 4)
    joined = told.figures["pairs_joined"]
    assert joined.units == {"hours": (0.0, 1.0)}, "only one item has two sentences, and they were not brought together"


def test_a_set_without_places_has_no_figures(ready: Ready) -> None:
    bare = ready()
    object.__setattr__(bare, "gold", bare.gold.model_copy(update={"items": ()}))
    assert {figure.value for figure in clustering.measure(bare).figures.values()} == {None}


# ---------------------------------------------------------------- the public sets


def publish(folder: Path) -> None:
    """The three sets, small, as they are published."""
    for name in ("banking77", "clinc150", "dstc11/banking"):
        (folder / name).mkdir(parents=True)
    with (folder / "banking77" / "train.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "category"), ("Where is it, then?", "card_arrival"), (PIN[0], "pin")])
    parts = {"train": [[CARD[0], "card_arrival"]], "oos_val": [[ODD[0], "oos"]], "val": [[PIN[0], "pin"]]}
    (folder / "clinc150" / "data_small.json").write_text(json.dumps(parts), encoding="utf-8")
    rows = [{"utterance": text, "utterance_id": str(n), "intent": "Pin"} for n, text in enumerate(PIN)]
    told = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    (folder / "dstc11" / "banking" / "test-utterances.jsonl").write_text(told, encoding="utf-8")


def test_each_set_is_read_as_it_is_published(tmp_path: Path) -> None:
    publish(tmp_path)
    bank, clinc, calls = clustering.read_labelled(tmp_path)
    assert bank == Labelled(name="banking77", texts=("Where is it, then?", PIN[0]), labels=("card_arrival", "pin"))
    assert clinc.name == "clinc150" and dict(zip(clinc.labels, clinc.texts, strict=True)) == {
        "oos": ODD[0], "card_arrival": CARD[0], "pin": PIN[0],
    }  # fmt: skip
    assert calls == Labelled(name="dstc11", texts=PIN, labels=("Pin",) * 3)


BROKEN = {
    "banking77/train.csv": ["text;category\nWhere?;card\n", "text,category\nWhere?\n", b"text,category\n\xff\xfe,x\n"],
    "clinc150/data.json": ["{", "[]", '{"train": [["one"]]}', '{"train": 5}'],
    "dstc11/banking/a.jsonl": ['{"utterance": "x"}\n', "not json\n", "[1]\n"],
}


@pytest.mark.parametrize(("name", "content"), [(name, one) for name, broken in BROKEN.items() for one in broken])
def test_a_broken_file_is_named_in_one_line(tmp_path: Path, name: str, content: str | bytes) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(
        EvidenceError, match=rf"{name} isn't {name.split('/')[0]} \(.*\)\. Take the file as it was"
    ) as told:
        clustering.read_labelled(tmp_path)
    assert "\n" not in str(told.value)


def test_a_folder_without_labelled_texts_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="holds no labelled texts.*banking77, clinc150 or dstc11"):
        clustering.read_labelled(tmp_path)


def test_the_command_measures_labelled_texts(cli: Cli, tmp_path: Path) -> None:
    publish(tmp_path)
    ended = cli("eval", "clustering", "--data", tmp_path, "--json")
    assert ended.code == 0, ended.err
    assert [one["set"] for one in ended.json["results"]] == ["banking77", "clinc150", "dstc11"]
    assert ended.json["results"][2]["figures"]["pairs_joined"]["value"] == 1.0
