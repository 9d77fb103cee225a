"""`eval init` and `eval label`: a gold set from evidence of one's own, labelled without sight of what a reader makes of it."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from icp_synth import wiring
from icp_synth.adapters.files import collect, find_manifest
from icp_synth.adapters.home import keyed_hash
from icp_synth.cli.console import EXIT_REJECTS, err, out, print_rejects
from icp_synth.cli.evidence import read_manifest
from icp_synth.errors import EvidenceError, NotFoundError
from icp_synth.evaluation import own
from icp_synth.evaluation.cases import read_set
from icp_synth.evaluation.gold_file import Sampled
from icp_synth.evaluation.own import Answer, Document, Step
from icp_synth.evaluation.sampling import Evidence, Page, choose, read
from icp_synth.records import RawFile, Reject

_LEGEND = (
    "  ".join(f"{key} {kind.replace('_', ' ')}" for key, kind in own.KEYS.items()),
    "Several keys for several kinds, the main one first; ! behind them: minor.",
    "n none of these  u not a customer speaking  s skip  z undo  q stop",
)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (init, label):
        app.command()(command)


# ---------------------------------------------------------------- init


def init(
    path: Annotated[Path, typer.Argument(help="A file, a folder or a zip of evidence, as it came.")],
    folder: Annotated[Path, typer.Option("--out", help="A new or empty folder for the set.")],
    product: Annotated[str, typer.Option(help="The product that the evidence is about.")],
    sample: Annotated[int, typer.Option(min=1, help="How many sentences to label.")] = 60,
    seed: Annotated[int, typer.Option(help="Another number draws another sample.")] = 0,
) -> None:
    """Make a gold set from your own evidence: a copy of it, and sentences drawn at random to be labelled."""
    _check(path, folder)
    evidence = _read(path, product)
    chosen = choose(evidence.pages, sample, seed)
    if not chosen:
        print_rejects(evidence.rejects)
        raise EvidenceError(
            str(path), f"{path} holds no words of customers.", "Give interviews, calls, tickets, reviews or surveys."
        )
    _copy(path, folder / "evidence")
    name = folder.resolve().name
    _save(folder / "gold.yaml", own.new_document(name, product, evidence.files, chosen))
    unsure = sum(page.role == "unknown" for page in chosen)
    out.print(
        f"{len(chosen)} sentences of {len({page.file for page in chosen})} files to label"
        + (f", {unsure} of them by people whose side isn't known." if unsure else ".")
    )
    out.print(f"{escape(str(folder / 'evidence'))} holds the originals, personal data included.", soft_wrap=True)
    out.print(f"Next: icp-synth eval label {escape(str(folder))}", soft_wrap=True)
    print_rejects(evidence.rejects)
    if evidence.rejects:
        raise typer.Exit(EXIT_REJECTS)


def _check(path: Path, folder: Path) -> None:
    """Raise where there is nothing to read, or where something would be overwritten or copied into itself."""
    if not path.exists():
        raise NotFoundError(f"{path} does not exist.", "Give a file, a folder or a zip.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EvidenceError(str(folder), f"{folder} is not empty.", "Name a new folder with --out.")
    if folder.resolve().is_relative_to(path.resolve()):
        raise EvidenceError(str(folder), f"{folder} lies inside the evidence.", "Name a folder outside it with --out.")


def _read(path: Path, product: str) -> Evidence:
    err.print("Reading the evidence and removing personal data …")
    items = list(collect(path, None))
    raws = [item for item in items if isinstance(item, RawFile)]
    found = read(raws, read_manifest(path, product), wiring.detector(), partial(keyed_hash, b"eval"))
    refused = tuple(item for item in items if isinstance(item, Reject))
    return found.model_copy(update={"rejects": (*refused, *found.rejects)})


def _copy(path: Path, target: Path) -> None:
    """The evidence as it came, with the manifest that speaks of it. Links stay links. Raises EvidenceError."""
    if path.is_dir():
        try:
            shutil.copytree(path, target, symlinks=True, ignore=_left_behind)
        except shutil.Error as error:
            shutil.rmtree(target, ignore_errors=True)
            which, _, why = error.args[0][0]
            raise EvidenceError(which, f"{which} can't be copied: {why}.", "Mend or move it, and try again.") from error
        return
    target.mkdir(parents=True)
    shutil.copy2(path, target / path.name)
    if found := find_manifest(path):
        (target / found[0]).write_bytes(found[1])


def _left_behind(folder: str, names: list[str]) -> list[str]:
    """What is no evidence: hidden files, pipes, devices."""

    def plain(name: str) -> bool:
        mode = (Path(folder) / name).lstat().st_mode
        return stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)

    return [name for name in names if name.startswith(".") or not plain(name)]


def _save(file: Path, document: Document) -> None:
    """Write a document whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(own.to_text(document), encoding="utf-8")
    part.replace(file)


# ---------------------------------------------------------------- label


def label(
    folder: Annotated[Path, typer.Argument(help="A set that `eval init` made.")],
    second: Annotated[
        str | None, typer.Option(help="Name of a second annotator: labels the same sample, apart, in second.yaml.")
    ] = None,
) -> None:
    """Label the sample of a set, sentence by sentence; nothing of what a reader makes of it is shown."""
    file, document = _opened(folder, second)
    if own.unlabelled(document):
        evidence = _read(folder / str(document.get("root", "")), str(document["product"]))
        for line in _LEGEND:
            out.print(escape(line), soft_wrap=True)
        document = _ask_all(document, {page.id: page for page in evidence.pages}, partial(_save, file))
    done, whole = len(own.labelled(document)), len(own.sample_of(document))
    out.print(f"\n{done} of {whole} labelled." + (" Run it again to go on." if done < whole else ""))
    if second:
        _print_agreement(folder, document)
    out.print(f"To measure: icp-synth eval interviews --data {escape(str(folder))}", soft_wrap=True)


def _opened(folder: Path, second: str | None) -> tuple[Path, Document]:
    """The file that the labels go to, and what it holds."""
    first = _document(folder / "gold.yaml")
    if not second:
        return folder / "gold.yaml", first
    file = folder / "second.yaml"
    if not file.exists():
        return file, own.second_document(first, second)
    document = _document(file)
    if document.get("annotator") != second:
        raise EvidenceError(
            str(file),
            f"{file} holds the labels of {document.get('annotator')}.",
            "Go on under that name, or move the file away.",
        )
    return file, document


def _document(file: Path) -> Document:
    if not file.is_file():
        raise NotFoundError(f"{file} does not exist.", "`icp-synth eval init PATH --out DIR --product P` makes a set.")
    read_set(file)  # says what is wrong with a set that was edited by hand
    return own.from_text(file.read_text(encoding="utf-8"), str(file))


def _ask_all(document: Document, pages: Mapping[str, Page], save: Callable[[Document], None]) -> Document:
    """Go through what isn't labelled; each answer is saved at once."""
    todo, at = own.unlabelled(document), 0
    answered: list[int] = []  # positions, the last one at the end
    while at < len(todo):
        _show(todo[at], pages.get(todo[at].id), f"{len(own.labelled(document)) + 1}/{len(own.sample_of(document))}")
        said = _ask()
        if said == "stop":
            break
        if isinstance(said, Answer):
            document = own.answered(document, todo[at].id, said)
            save(document)
            answered.append(at)
        elif said == "undo":
            if not answered:
                out.print("  Nothing was labelled since you started, so nothing is undone.")
                continue
            at = answered.pop()
            document = own.withdrawn(document, todo[at].id)
            save(document)
            continue
        at += 1
    return document


def _ask() -> Answer | Step:
    while True:
        try:
            return own.parse(typer.prompt("  p j t o r d w a # b [!], n u, s z q", default="", show_default=False))
        except NotFoundError as error:
            out.print(f"  {escape(str(error))}", soft_wrap=True)
        except typer.Abort:
            if sys.stdin.isatty():  # Ctrl-C; else the lines that were piped in have come to their end
                raise
            return "stop"


def _show(entry: Sampled, page: Page | None, count: str) -> None:
    """A sentence with what stands around it; alone where the evidence has changed since it was drawn."""
    if page is None:
        out.print(f"\n[cyan]{count}[/]  no longer found in the evidence")
        out.print(f"  {escape(entry.quote)}", style="bold", soft_wrap=True)
        return
    where = f", line {page.lines[0]}" if page.lines else ""
    out.print(
        f"\n[cyan]{count}[/]  {page.kind.replace('_', '-')}  {escape(page.path)}{where}  {escape(page.speaker or '')}",
        soft_wrap=True,
    )
    for text, style in (
        (page.heading, "italic dim"),
        (page.question, "italic"),
        (page.before, "dim"),
        (page.text, "bold"),
        (page.after, "dim"),
    ):
        if text:
            out.print(f"  {'▸ ' if text is page.text else '  '}{escape(text)}", style=style, soft_wrap=True)


def _print_agreement(folder: Path, document: Document) -> None:
    found = own.agreement(_document(folder / "gold.yaml"), document)
    out.print(
        f"Labelled by both: {found.both}; with the same kinds: {found.same}; "
        f"with a kind in common, or none both: {found.common}.",
        soft_wrap=True,
    )
