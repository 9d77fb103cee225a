"""`eval compare` and `eval baseline`: a run against another, a gate that closes, and a baseline with its reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icp_synth.evaluation.metrics import Figure, share_of
from icp_synth.evaluation.results import Case, Report, Result
from tests.conftest import Cli


def figure(right: int) -> Figure:
    """So many of ten items are right."""
    return share_of((f"item {n}", n < right) for n in range(10))


def write(path: Path, *, recall: int = 5, precision: int | None = 5) -> Path:
    """A report with so much recall and precision."""
    figures = {"core_recall": figure(recall)} | ({} if precision is None else {"precision": figure(precision)})
    case = Case(what="missed", where="alder.txt:4", text="Planning took nine hours.")
    result = Result(suite="interviews", set="rota [v2]", reader="extractive", figures=figures, cases=(case,))
    made = Report(version="1", analyst="extractive", embedder="e", detector="d", results=(result,))
    path.write_text(made.model_dump_json(), encoding="utf-8")
    return path


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return write(tmp_path / "before.json")


def test_a_run_is_the_same_as_itself(cli: Cli, before: Path) -> None:
    ended = cli("eval", "compare", before, before, "--gate")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip() == "2 figures compared: all the same"
    assert "core recall" in cli("eval", "compare", before, before, "--all").out


def test_what_is_better_and_what_nobody_can_tell_is_shown(cli: Cli, before: Path, tmp_path: Path) -> None:
    ended = cli("eval", "compare", before, write(tmp_path / "after.json", recall=10, precision=4), "--gate")
    assert ended.code == 0, "a gate is no obstacle to what is better, nor to chance"
    heading, better, unsure, _ = ended.out.splitlines()
    assert "rota [v2]" in heading
    assert better.split()[-1] == "better" and "core recall" in better and "0.500" in better and "+0.500 (" in better
    assert unsure.split()[-2:] == ["not", "sure"] and "-0.100 (" in unsure
    assert "2 figures compared: 1 better, 1 not sure" in ended.out


@pytest.mark.parametrize(("recall", "precision", "said"), [(0, 5, "1 worse"), (5, None, "1 gone")])
def test_a_gate_closes_on_what_is_worse_or_gone(
    cli: Cli, before: Path, tmp_path: Path, recall: int, precision: int | None, said: str
) -> None:
    after = write(tmp_path / "after.json", recall=recall, precision=precision)
    ended = cli("eval", "compare", before, after)
    assert ended.code == 0 and said in ended.out, "without a gate it only tells"
    assert cli("eval", "compare", before, after, "--gate").code == 5
    told = cli("eval", "compare", before, after, "--gate", "--json")
    assert told.code == 5 and len(told.json) == 2


def test_programs_get_every_difference(cli: Cli, before: Path, tmp_path: Path) -> None:
    told = cli("eval", "compare", before, write(tmp_path / "after.json", recall=10), "--json").json
    assert [(one["figure"], one["verdict"], one["change"]) for one in told] == [
        ("core_recall", "better", 0.5), ("precision", "same", 0.0),
    ]  # fmt: skip
    assert told[0]["low"] > 0 and told[0]["set"] == "rota [v2]"


# ---------------------------------------------------------------- what is no report

GARBLED = [b"", b"{", b"[]", b'{"results": []}', b"\xff\xfe\x00", b'{"systems": {}, "faster": 1}']


@pytest.mark.parametrize("content", GARBLED)
def test_what_is_no_report_is_named_in_one_line(cli: Cli, before: Path, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    for words in (("compare", before, bad), ("compare", bad, before), ("baseline", bad, "--why", "new")):
        ended = cli("eval", *words)
        (line,) = ended.err.strip().splitlines()
        assert ended.code == 1 and "bad.json is no report (" in line and "eval … --json" in line


def test_a_report_that_is_not_there_is_said(cli: Cli, before: Path, tmp_path: Path) -> None:
    ended = cli("eval", "compare", before, tmp_path / "none.json")
    (line,) = ended.err.strip().splitlines()
    assert ended.code == 1 and "There is no report" in line and "eval all --json" in line


# ---------------------------------------------------------------- the baseline


def test_a_baseline_is_kept_with_its_reasons(cli: Cli, before: Path, tmp_path: Path) -> None:
    file, log = tmp_path / "evals" / "baseline.json", tmp_path / "evals" / "baseline.log.md"
    first = cli("eval", "baseline", before, "--why", "the first\nrun", "--file", file)
    assert first.code == 0, first.err
    assert "0 figures changed" in first.out and ": the first run" in log.read_text(encoding="utf-8")
    after = write(tmp_path / "after.json", recall=10)
    assert cli("eval", "compare", file, after, "--json").json[0]["verdict"] == "better", "a baseline is a report"
    second = cli("eval", "baseline", after, "--why", "A better reader.", "--file", file)
    assert second.code == 0 and "1 figures changed" in second.out
    told = log.read_text(encoding="utf-8")
    assert told.index("the first run") < told.index("A better reader.")
    assert "- interviews, rota [v2], extractive: core_recall: 0.500 → 1.000 (better)" in told
    assert cli("eval", "compare", file, after, "--gate", "--json").json[0]["verdict"] == "same"


def test_a_baseline_holds_figures_and_no_words_of_anybody(cli: Cli, before: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    cli("eval", "baseline", before, "--why", "first", "--file", file)
    assert "nine hours" in before.read_text(encoding="utf-8") and "nine hours" not in file.read_text(encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8"))["results"][0]["cases"] == []


@pytest.mark.parametrize("why", [[], ["--why", "  "], ["--why", ""]])
def test_a_baseline_without_a_reason_is_refused(cli: Cli, before: Path, tmp_path: Path, why: list[str]) -> None:
    file = tmp_path / "baseline.json"
    ended = cli("eval", "baseline", before, *why, "--file", file)
    assert ended.code == 2 and "why" in ended.err and "Traceback" not in ended.err
    assert not file.exists() and not file.with_suffix(".log.md").exists()


def test_a_baseline_that_is_broken_is_not_written_over(cli: Cli, before: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text("{", encoding="utf-8")
    ended = cli("eval", "baseline", before, "--why", "anew", "--file", file)
    assert ended.code == 1 and file.read_text(encoding="utf-8") == "{" and not file.with_suffix(".log.md").exists()
