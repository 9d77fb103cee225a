"""Do statements find their headlines: mean average precision as it comes out by hand, and ArgKP as it is published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation import matching
from icp_synth.evaluation.matching import Topic
from icp_synth.ports import Embedder, Vectors
from tests.conftest import Cli
from tests.evaluation.conftest import Ready


class Angles:
    """Implements `ports.Embedder`: a text is an angle in degrees; the nearer two are, the more alike."""

    name, dimensions = "angles", 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        turned = np.radians([float(text) for text in texts])
        return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


# Eight statements, each nearest to the headline at 0° or at 90°; s1 is the surest, s8 the least sure.
STATEMENTS = {"s1": "1", "s2": "88", "s3": "3", "s4": "86", "s5": "5", "s6": "84", "s7": "7", "s8": "82"}
HEADLINES = {"h0": "0", "h90": "90"}
NEAREST = {name: "h0" if float(angle) < 45 else "h90" for name, angle in STATEMENTS.items()}


def measured(**known: bool) -> matching.Result:
    """The figures where this is known of each statement and its nearest headline."""
    labels = {(name, NEAREST[name]): borne for name, borne in known.items()}
    topic = Topic(name="t", statements=STATEMENTS, headlines=HEADLINES, labels=labels)
    return matching.measure_topics("angles", [topic], Angles())


def test_the_surer_half_is_ranked_and_what_nobody_labelled_is_wrong_strictly_and_right_relaxed() -> None:
    told = measured(s1=True, s2=False, s4=True, s5=True, s8=False).figures
    # ranked s1 right, s2 wrong, s3 unknown, s4 right; the other half isn't looked at
    assert told["map_strict"].value == round((1 / 1 + 2 / 4) / 2, 4)
    assert told["map_relaxed"].value == round((1 / 1 + 2 / 3 + 3 / 4) / 3, 4)
    assert told["best_is_right"].value == 0.6, "3 of the 5 that somebody labelled"


def test_all_right_is_one_and_all_wrong_is_none() -> None:
    right = measured(**dict.fromkeys(STATEMENTS, True)).figures
    assert (right["map_strict"].value, right["map_relaxed"].value, right["best_is_right"].value) == (1.0, 1.0, 1.0)
    wrong = measured(**dict.fromkeys(STATEMENTS, False)).figures
    assert (wrong["map_strict"].value, wrong["map_relaxed"].value, wrong["best_is_right"].value) == (0.0, 0.0, 0.0)
    nobody = measured().figures
    assert (nobody["map_strict"].value, nobody["map_relaxed"].value, nobody["best_is_right"].value) == (0.0, 1.0, None)


def test_a_label_for_another_headline_says_nothing_of_the_nearest() -> None:
    labels = {(name, "h90" if near == "h0" else "h0"): True for name, near in NEAREST.items()}
    topic = Topic(name="t", statements=STATEMENTS, headlines=HEADLINES, labels=labels)
    assert matching.measure_topics("angles", [topic], Angles()).figures["map_strict"].value == 0.0


def test_topics_count_the_same_whatever_their_size() -> None:
    both = {("x", "h0"): True, ("y", "h0"): True}
    right = Topic(name="a", statements={"x": "1", "y": "2"}, headlines=HEADLINES, labels=both)
    none = dict.fromkeys(NEAREST.items(), False)
    wrong = Topic(name="b", statements=STATEMENTS, headlines=HEADLINES, labels=none)
    told = matching.measure_topics("angles", [right, wrong], Angles())
    assert told.figures["map_strict"].value == 0.5 and told.figures["best_is_right"].value == 0.2
    assert (told.facts["statements"], told.facts["headlines"]) == (10, 4)


def test_sentences_of_the_gold_find_what_their_annotator_wrote(ready: Ready, embedder: Embedder) -> None:
    told = matching.measure(ready(), embedder)
    assert told.facts == {"statements": 3, "headlines": 2}, "of pains; no other kind has two items to choose from"
    assert told.figures["best_is_right"].value == told.figures["map_strict"].value == 1.0


# ---------------------------------------------------------------- ArgKP

ARGUMENTS = """arg_id,argument,topic,stance
arg_0_0,"Uniforms stop bullying, mostly.",We should abandon school uniform,-1
arg_0_1,Uniforms cost a lot of money.,We should abandon school uniform,1
arg_0_2,Children can't choose what to wear.,We should abandon school uniform,1
"""
POINTS = """key_point_id,key_point,topic,stance
kp_0_0,School uniform reduces bullying,We should abandon school uniform,-1
kp_0_1,School uniform is expensive,We should abandon school uniform,1
kp_0_2,School uniform limits free choice of clothes,We should abandon school uniform,1
"""
LABELS = "arg_id,key_point_id,label\narg_0_0,kp_0_0,1\narg_0_1,kp_0_1,1\narg_0_1,kp_0_2,0\narg_0_2,kp_0_2,1\n"


def publish(folder: Path, **instead: str | bytes | None) -> None:
    """A small ArgKP as it is published; `instead` replaces a file, or leaves it out."""
    for name, content in {"arguments": ARGUMENTS, "key_points": POINTS, "labels": LABELS, **instead}.items():
        if content is not None:
            (folder / f"{name}_dev.csv").write_bytes(content if isinstance(content, bytes) else content.encode())


def test_argkp_is_read_by_topic_and_stance(tmp_path: Path) -> None:
    publish(tmp_path)
    (against, wanted) = matching.read_topics(tmp_path)["argkp-dev"]
    assert (against.name, wanted.name) == (
        "We should abandon school uniform (-1)",
        "We should abandon school uniform (1)",
    )
    assert against.statements == {"arg_0_0": "Uniforms stop bullying, mostly."}
    assert set(wanted.headlines) == {"kp_0_1", "kp_0_2"}
    assert wanted.labels["arg_0_1", "kp_0_1"] is True and wanted.labels["arg_0_1", "kp_0_2"] is False


def test_the_command_measures_argkp(cli: Cli, tmp_path: Path) -> None:
    publish(tmp_path)
    ended = cli("eval", "matching", "--data", tmp_path, "--json")
    assert ended.code == 0, ended.err
    (told,) = ended.json["results"]
    assert told["set"] == "argkp-dev" and told["figures"]["best_is_right"]["value"] == 1.0


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"labels": None}, r"labels_dev\.csv can't be read"),
        ({"key_points": b"\xff\xfe\x00"}, r"key_points_dev\.csv can't be read"),
        ({"labels": "arg_id,label\narg_0_0,1\n"}, r"arguments_dev\.csv and its key points have no column 'key_point_id'"),
        ({"arguments": "arg_id,argument,topic,stance\n"
          "arg_0_0,,We should abandon school uniform,-1\n" "arg_0_1\n"}, None),
        ({"key_points": "key_point_id,topic,stance,key_point\nkp_0_0,We,1\n"}, "have a row that is cut short"),
    ],
)  # fmt: skip
def test_a_broken_argkp_is_said_in_one_line(tmp_path: Path, instead: dict[str, str | None], said: str | None) -> None:
    publish(tmp_path, **instead)
    if said is None:
        assert matching.read_topics(tmp_path), "a row of no topic belongs to none"
        return
    with pytest.raises(EvidenceError, match=said) as told:
        matching.read_topics(tmp_path)
    assert "\n" not in str(told.value) and told.value.advice


def test_a_folder_without_key_points_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"holds no arguments_\*\.csv"):
        matching.read_topics(tmp_path)
