"""`eval init` and `eval label`: from a folder of one's own to figures, blind to the reader and without personal data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from icp_synth import wiring
from tests.conftest import ROOT, Cli, Ended

ALDER = """Interview - Alder House

Interviewer: Who plans the rota?
Marisol Vega: Mail me at marisol@alder.example or call +44 20 7946 0912. Planning takes nine hours each week.
Marisol Vega: We lost two nurses last winter, because shifts came too late.
"""
BIRCH = """Interview - Birch Care

Interviewer: What made you look?
Customer: The regulator fined us in spring, so we had to act.
Customer: Tomasz Nowicki in finance signs everything above five hundred.
"""


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder with two interviews and a file that nobody can read."""
    folder = tmp_path / "mine"
    (folder / "talks").mkdir(parents=True)
    (folder / "talks" / "Marisol Vega.txt").write_text(ALDER, encoding="utf-8")
    (folder / "birch.txt").write_text(BIRCH, encoding="utf-8")
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def made(cli: Cli, evidence: Path, tmp_path: Path) -> Path:
    """The set of that folder."""
    ended = cli("eval", "init", evidence, "--out", tmp_path / "rota", "--product", "Rotalark")
    assert ended.code == 0, ended.err
    return tmp_path / "rota"


Labels = Callable[..., Ended]


@pytest.fixture
def labels(cli: Cli, made: Path, monkeypatch: pytest.MonkeyPatch) -> Labels:
    """`eval label` with these lines on standard input. Nobody who reads may be asked."""

    def done(*lines: str, more: tuple[str, ...] = ()) -> Ended:
        def asked(*_: object) -> None:
            raise AssertionError("the analyst was asked")

        with monkeypatch.context() as patched:
            patched.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
            patched.setattr(wiring, "analyst", asked)
            patched.setattr(wiring, "embedder", asked)
            return cli("eval", "label", made, *more)

    return done


def gold(folder: Path, name: str = "gold.yaml") -> Any:
    """What a set holds."""
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def asked_for(folder: Path, name: str = "gold.yaml") -> list[str]:
    """The sentences of the sample, in the order of asking."""
    return [one["quote"] for one in gold(folder, name)["sample"]]


def test_from_ones_own_evidence_to_figures(cli: Cli, made: Path, labels: Labels) -> None:
    kinds = {"nine hours": "p#", "two nurses": "p", "regulator": "t", "signs everything": "b"}
    answers = [next((keys for words, keys in kinds.items() if words in quote), "n") for quote in asked_for(made)]
    ended = labels(*answers)
    assert ended.code == 0 and f"{len(answers)} of {len(answers)} labelled." in ended.out, ended.err
    assert f"eval interviews --data {made}" in ended.out
    assert {item["kind"] for item in gold(made)["items"]} == {"pain", "trigger", "buying_role"}
    ours, naive = cli("eval", "interviews", "--data", made, "--json").json["results"]
    assert ours["set"] == naive["set"] == "rota"
    assert ours["figures"]["core_recall"]["value"] > 0 and ours["figures"]["typed_precision"]["value"] > 0
    assert naive["figures"]["core_recall"]["value"] == 1.0, "one who quotes everything finds everything"
    assert ours["figures"]["accounts_exact"]["value"] is None and ours["figures"]["status_accuracy"]["value"] is None


def test_the_evidence_is_copied_as_it_came_and_the_gold_holds_nobody(
    cli: Cli, evidence: Path, tmp_path: Path, labels: Labels, made: Path
) -> None:
    assert (made / "evidence" / "birch.txt").read_bytes() == BIRCH.encode()
    assert (made / "evidence" / "talks" / "Marisol Vega.txt").read_bytes() == ALDER.encode()
    assert not (made / "evidence" / ".git").exists()
    told = cli("eval", "init", evidence, "--out", tmp_path / "again", "--product", "Rotalark")
    assert "holds the originals, personal data included" in told.out and "Vega" not in told.out + told.err
    shown = labels(*(["p"] * 10))
    text = (made / "gold.yaml").read_text(encoding="utf-8").replace("talks/Marisol Vega.txt", "")
    for personal in ("Marisol", "Vega", "marisol@", "7946", "Nowicki", "Tomasz"):
        assert personal not in text and personal not in shown.out + shown.err
    roles = {(role["speaker"], role["role"]) for role in gold(made)["roles"]}
    assert roles == {("<PERSON_1>", "customer"), ("Customer", "customer")}


def test_a_page_shows_what_stands_around_the_sentence(labels: Labels) -> None:
    shown = labels("s", "s", "s", "s", "s", "s").out
    assert "p pain  j job  t trigger" in shown and "# proof" in shown
    assert "What made you look?" in shown and "birch.txt, line 4" in shown and "interview" in shown
    assert "▸ We lost two nurses last winter, because shifts came too late." in shown and "<PERSON_1>" in shown


def test_it_goes_on_where_it_stopped(labels: Labels, made: Path) -> None:
    first = labels("p", "n", "q")
    whole = len(asked_for(made))
    assert first.code == 0 and f"2 of {whole} labelled. Run it again" in first.out
    kept = gold(made)
    second = labels("t")  # the lines end before the sample does
    assert second.code == 0 and f"3 of {whole} labelled." in second.out
    assert asked_for(made)[2] in second.out.split("▸")[1] and gold(made)["items"][0] == kept["items"][0]
    assert sum(one.get("labelled", False) for one in gold(made)["sample"]) == 3
    assert not list(made.glob(".*")), "nothing half-written is left"


def test_the_last_labels_can_be_undone(labels: Labels, made: Path) -> None:
    fresh = gold(made)
    ended = labels("p", "t", "z", "z", "z", "q")
    assert ended.code == 0 and "so nothing is undone" in ended.out
    assert gold(made) == fresh
    labels("p", "z", "o")
    assert [item["kind"] for item in gold(made)["items"]] == ["objection"]


def test_a_key_that_is_none_is_asked_for_again(labels: Labels, made: Path) -> None:
    ended = labels("x", "", "pn", "j!", "q")
    assert "“x” is no label. Type p, pj or pj! and Enter" in ended.out and "Nothing was typed." in ended.out
    (item,) = gold(made)["items"]
    assert (item["kind"], item["strength"], item["id"]) == ("job", "minor", gold(made)["sample"][0]["id"])


def test_a_second_annotator_labels_apart_and_unseen(labels: Labels, made: Path) -> None:
    labels("p", "p", "n", "q")
    before = gold(made)
    ended = labels("p", "t", "n", "q", more=("--second", "Ada"))
    assert "Labelled by both: 3; with the same kinds: 2; with a kind in common, or none both: 2." in ended.out
    assert gold(made) == before and gold(made, "second.yaml")["annotator"] == "Ada"
    assert asked_for(made, "second.yaml") == asked_for(made)
    other = labels("p", more=("--second", "Ben"))
    assert other.code == 1 and "holds the labels of Ada" in other.err


def test_evidence_that_has_changed_leaves_the_sentence_alone(labels: Labels, made: Path) -> None:
    for file in (made / "evidence").rglob("*.txt"):
        file.write_text("Interviewer: Hello?\n\nCustomer: Something else.\n", encoding="utf-8")
    ended = labels("p", "q")
    assert ended.code == 0 and "no longer found in the evidence" in ended.out and asked_for(made)[0] in ended.out


def test_a_file_or_a_zip_will_do(cli: Cli, evidence: Path, tmp_path: Path) -> None:
    (evidence / "evidence.yaml").write_text("sources:\n- {path: birch.txt, account: Birch Hill}\n", encoding="utf-8")
    ended = cli(
        "eval", "init", evidence / "birch.txt", "--out", tmp_path / "one", "--product", "Rotalark", "--sample", "1"
    )
    assert ended.code == 0 and ended.out.startswith("1 sentences of 1 files")
    assert {path.name for path in (tmp_path / "one" / "evidence").iterdir()} == {"birch.txt", "evidence.yaml"}
    assert gold(tmp_path / "one")["files"][0]["account"] == "Birch Hill"
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as packed:
        packed.writestr("birch.txt", BIRCH)
    assert cli("eval", "init", tmp_path / "pack.zip", "--out", tmp_path / "two", "--product", "Rotalark").code == 0
    assert {one["file"] for one in gold(tmp_path / "two")["sample"]} == {"pack.zip!birch.txt"}


def test_what_was_refused_is_said(cli: Cli, evidence: Path, tmp_path: Path) -> None:
    (evidence / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    ended = cli("eval", "init", evidence, "--out", tmp_path / "rota", "--product", "Rotalark")
    assert ended.code == 3 and "photo.png" in ended.err and (tmp_path / "rota" / "gold.yaml").exists()


@pytest.mark.parametrize(
    ("path", "out", "said"),
    [
        ("nowhere", "rota", "nowhere does not exist. Give a file, a folder or a zip."),
        ("mine", "full", "full is not empty. Name a new folder with --out."),
        ("mine", "mine/talks/set", "set lies inside the evidence. Name a folder outside it"),
        ("mine", "mine/birch.txt", "birch.txt is not empty."),
        ("bare", "rota", "bare holds no words of customers."),
    ],
)
def test_what_cannot_become_a_set_says_why(
    cli: Cli, evidence: Path, tmp_path: Path, path: str, out: str, said: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "bare").mkdir()
    ended = cli("eval", "init", tmp_path / path, "--out", tmp_path / out, "--product", "Rotalark")
    assert ended.code == 1 and said in ended.err
    assert not (tmp_path / "rota").exists()


def test_what_is_no_set_of_this_kind_says_so(cli: Cli, tmp_path: Path, made: Path) -> None:
    nothing = cli("eval", "label", tmp_path / "nothing")
    assert nothing.code == 1 and "does not exist" in nothing.err and "eval init" in nothing.err
    golden = cli("eval", "label", ROOT / "evals" / "golden" / "nexacrm")
    assert golden.code == 1 and "holds no sample to label" in golden.err
    (made / "gold.yaml").write_text("set: [", encoding="utf-8")
    broken = cli("eval", "label", made)
    assert broken.code == 1 and "no gold set" in broken.err
