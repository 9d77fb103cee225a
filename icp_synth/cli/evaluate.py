"""`eval`: measures this tool on data with known answers: the golden sets, labelled public data, or one's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth import __version__, assets, wiring
from icp_synth.adapters.files import collect
from icp_synth.adapters.home import keyed_hash
from icp_synth.cli import compare, corpora, labelling
from icp_synth.cli.console import AsJson, err, out, print_json
from icp_synth.cli.evidence import read_manifest
from icp_synth.evaluation import clustering, judging, matching, suites
from icp_synth.evaluation.cases import find_sets, read_sets
from icp_synth.evaluation.corpora import read_corpora
from icp_synth.evaluation.metrics import Figure
from icp_synth.evaluation.report import page
from icp_synth.evaluation.results import SUITES, Report, Result
from icp_synth.records import RawFile
from icp_synth.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Measure this tool on data with known answers.")
labelling.register(app)
compare.register(app)

_OFFLINE = "extractive"
_GROUNDING = "grounding.yaml"
Data = Annotated[
    list[Path] | None, typer.Option("--data", help="Folder with data; repeatable. The golden sets if not given.")
]
Analyst = Annotated[str | None, typer.Option(help="Who reads; the settings' analyst if not given.")]
Judge = Annotated[
    str | None, typer.Option(help="A model that judges what places can't tell (openai:MODEL …); nobody if not given.")
]
Html = Annotated[Path | None, typer.Option("--html", help="Where to write the report as a page.")]
Again = Annotated[
    int | None, typer.Option(help="Readings more, for stability; 2 for a reader that costs nothing, else none.", min=0)
]

_HELP = {
    "interviews": "What is read out of evidence, beside a reader that quotes every sentence of a customer.",
    "clustering": "Themes, against items of the gold, or against labelled intents (banking77, clinc150, dstc11).",
    "matching": "Whether statements find their headlines, on gold or on ArgKP.",
    "ask": "Whether questions are answered from the right places, and refused where the evidence doesn't say.",
    "grounding": "Whether sentences that say more than their evidence are kept out, and honest ones let in.",
    "render": "Whether the one-pager says what the profile says, in every format.",
    "all": "Every suite, on the golden sets.",
}


def _command(suite: str) -> Callable[..., None]:
    def measured(
        data: Data = None,
        analyst: Analyst = None,
        judge: Judge = None,
        again: Again = None,
        html: Html = None,
        as_json: AsJson = False,
    ) -> None:
        name = analyst or Settings().analyst
        chosen = [*SUITES] if suite == "all" else [suite]
        repeats = again if again is not None else 2 * (name == _OFFLINE)
        report(chosen, data or [assets.golden_dir()], name, judge, repeats, html, as_json)

    return measured


for _suite, _help in _HELP.items():
    app.command(_suite, help=_help)(_command(_suite))


@app.command("pii")
def personal_data(data: Data = None, html: Html = None, as_json: AsJson = False) -> None:
    """Personal data of gold sets; on multidogo, presidio-research, wnut17 or generated, beside Presidio as it comes."""
    folders = data or [assets.golden_dir()]
    if any(find_sets(folder) for folder in folders):
        report(["pii"], folders, _OFFLINE, None, 0, html, as_json)
    else:
        corpora.measure(read_corpora(*folders), as_json)


def report(
    chosen: Collection[str],
    folders: Sequence[Path],
    analyst: str,
    judge: str | None,
    again: int,
    html: Path | None,
    as_json: bool,
) -> None:
    """Run suites on all that the folders hold; print the results, and write the page."""
    parts = suites.Parts(
        analyst=wiring.analyst(analyst),
        embedder=wiring.embedder(),
        detector=wiring.detector(),
        keyed=partial(keyed_hash, b"eval"),
        templates=assets.template_dir(),
        judge=judging.Judge(wiring.chat_model(judge), assets.prompt_dir(), assets.golden_dir()) if judge else None,
        again=again,
    )
    results = [result for folder in folders for result in _results(chosen, folder, parts)]
    made = Report(
        version=__version__,
        analyst=parts.analyst.name,
        embedder=parts.embedder.name,
        detector=parts.detector.name,
        results=tuple(results),
    )
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page(made), encoding="utf-8")
    if as_json:
        print_json(made)
    else:
        _show(made)


def _results(chosen: Collection[str], folder: Path, parts: suites.Parts) -> Iterator[Result]:
    """The results on what a folder holds: gold sets, cases of grounding, labelled texts or key points."""
    of_sets = [suite for suite in chosen if suite != "grounding"]
    if "grounding" in chosen:
        found = [path.parent for path in sorted(folder.rglob(_GROUNDING))]
        yield from (suites.grounded(one, parts.embedder) for one in found or [folder][: len(chosen) == 1])
    if of_sets == ["clustering"] and not find_sets(folder):
        for one in clustering.read_labelled(folder):
            err.print(f"{one.name}: embedding and clustering {len(one.texts)} texts")
            yield clustering.measure_labelled(one, parts.embedder)
    elif of_sets == ["matching"] and not find_sets(folder):
        for name, topics in matching.read_topics(folder).items():
            yield matching.measure_topics(name, topics, parts.embedder)
    elif of_sets:
        for gold in read_sets(folder):
            files = [item for item in collect(gold.folder, None) if isinstance(item, RawFile)]
            evidence = suites.Evidence(gold, files, read_manifest(gold.folder, gold.product))
            yield from suites.run(of_sets, evidence, parts, err.print)


def _show(made: Report) -> None:
    """A table for each suite and set, a column for each reader."""
    for (suite, name), group in groupby(made.results, key=lambda result: (result.suite, result.set)):
        those = list(group)
        table = Table(box=None, header_style="bold")
        table.add_column(f"{suite}: {escape(name)}")
        for result in those:
            table.add_column(escape(result.reader), justify="right")
        for figure in dict.fromkeys(key for result in those for key in result.figures):
            table.add_row(figure.replace("_", " "), *(_shown(result.figures.get(figure)) for result in those))
        for fact in dict.fromkeys(key for result in those for key in result.facts):
            table.add_row(f"[dim]{fact.replace('_', ' ')}[/]", *(f"[dim]{_fact(r.facts.get(fact))}[/]" for r in those))
        out.print(table)
        out.print()


def _shown(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "–"
    return f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"


def _fact(value: object) -> str:
    return "–" if value is None else escape(str(value))
