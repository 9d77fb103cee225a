"""`init`, `add`, `remove`, `sources`, `columns`: what goes in and comes out of a workspace."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from icp_synth import wiring
from icp_synth.adapters.files import collect, find_manifest
from icp_synth.cli.ask import print_changed
from icp_synth.cli.console import (
    EXIT_REJECTS,
    AsJson,
    InWorkspace,
    RichProgress,
    count_files,
    opened,
    out,
    print_json,
    print_rejects,
)
from icp_synth.errors import NotFoundError
from icp_synth.questions import Changed
from icp_synth.records import Columns, Manifest, Overlay, RawFile, Reject
from icp_synth.settings import Settings
from icp_synth.stages.ingest import ingest
from icp_synth.stages.ingest import manifest as manifests
from icp_synth.workspace import Added, Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (init, add, remove, sources, columns):
        app.command()(command)


def read_manifest(path: Path, product: str | None) -> Manifest:
    """The manifest of a path, with the product's name laid over it."""
    found = find_manifest(path)
    manifest = manifests.parse(*found) if found else Manifest()
    return manifest.model_copy(update={"product": product or manifest.product})


def take_in(
    workspace: Workspace,
    path: Path,
    product: str | None,
    settings: Settings,
    *,
    lift: bool = False,
    mirror: bool = False,
) -> Added:
    """Add a path to a workspace, with progress. `lift` and `mirror` as in `Workspace.add`."""
    if not path.exists():
        raise NotFoundError(f"{path} does not exist.", "Give a file, a folder or a zip.")
    manifest = read_manifest(path, product)
    if manifest.product:
        workspace.store.put_setting("product", manifest.product)
    return workspace.add(
        lambda: collect(path, None, settings.max_bytes),
        manifest,
        str(path.resolve()),
        lift=lift,
        mirror=mirror,
        total=count_files(path),
    )


def init(
    name: Annotated[str, typer.Argument(help="Name of the new workspace.")],
    product: Annotated[str, typer.Option(help="The product that the evidence is about.")],
    as_json: AsJson = False,
) -> None:
    """Make a workspace."""
    with wiring.open_workspace(Settings(), name, RichProgress()) as workspace:
        workspace.store.put_setting("product", product)
    if as_json:
        print_json({"workspace": name, "product": product})
    else:
        out.print(
            f"Workspace [bold]{escape(name)}[/] for {escape(product)}. Next: icp-synth add PATH -w {escape(name)}"
        )


def add(
    path: Annotated[Path, typer.Argument(help="A file, a folder, a zip, or - for stdin.")],
    workspace: InWorkspace = None,
    product: Annotated[str | None, typer.Option(help="The product that the evidence is about.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take evidence in. Files that were added before and have not changed are left alone."""
    settings = Settings()
    with opened(workspace, settings, create=True) as here:
        if str(path) == "-":
            items = list(collect(None, sys.stdin.buffer, settings.max_bytes))
            # Standard input is no place: what comes through it later doesn't replace what came before.
            content = hashlib.sha256(b"".join(item.data for item in items if isinstance(item, RawFile))).hexdigest()
            done = here.add(lambda: items, Manifest(product=product), f"stdin {content}", total=1)
        else:
            done = take_in(here, path, product, settings, lift=True)
        changed = here.questions.ask_again()
    report(done, changed, as_json)


def report(done: Added, changed: Sequence[Changed], as_json: bool) -> None:
    """Say what was added, and what it did to the kept questions; exit code 3 where something was refused."""
    if as_json:
        print_json({**vars(done), "questions": changed})
    else:
        out.print(describe(done))
        for table in done.columns:
            out.print(f"  {escape(_columns_line(table))}", style="dim", soft_wrap=True)
        print_changed(changed)
        print_rejects(done.rejects)
    if done.rejects:
        raise typer.Exit(EXIT_REJECTS)


def describe(done: Added) -> str:
    """What `add` did, in one line."""
    parts = [f"{len(done.new)} new sources"]
    for count, what in (
        (len(done.updated), "updated"),
        (done.unchanged, "files unchanged"),
        (len(done.duplicates), "duplicates"),
        (len(done.withdrawn), "withdrawn"),
        (done.account_rows, "account rows"),
        (len(done.rejects), "refused"),
    ):
        if count:
            parts.append(f"{count} {what}")
    return ", ".join(parts) + "."


def _columns_line(columns: Columns) -> str:
    fields = "; ".join(f"{name} = {', '.join(headings)}" for name, headings in sorted(columns.fields.items()))
    return f"{columns.path}: {columns.rows} rows of {columns.kind or columns.table} ({fields})"


def remove(
    name: Annotated[str, typer.Argument(help="A source's id or path, as `sources` shows it.")],
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a source and all that rested on it."""
    with opened(workspace) as here:
        removed = here.remove(name)
    if as_json:
        print_json({"removed": removed})
    else:
        out.print(f"{len(removed)} removed. The next draft no longer rests on it.")


def sources(workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the sources; what was guessed is marked with ?."""
    with opened(workspace) as here:
        listed = here.sources()
        account_of = here.accounts().of_source
    if as_json:
        print_json(
            [
                {
                    **s.model_dump(mode="json", exclude={"text", "blocks", "turns", "origin"}),
                    "account": account_of[s.id],
                }
                for s in listed
            ]
        )
        return
    table = Table(box=None, header_style="bold")
    for heading in ("source", "kind", "account", "date", "outcome", "redacted"):
        table.add_column(heading)
    for source in listed:

        def shown(value: object, field: str, guessed: tuple[str, ...] = source.inferred) -> str:
            return escape(str(value or "")) + ("?" if value and field in guessed else "")

        table.add_row(
            escape(f"{source.path} {source.ref}".strip()),
            shown(source.kind, "kind"),
            shown(account_of[source.id], "account"),
            shown(source.date, "date"),
            shown(source.outcome, "outcome"),
            str(len(source.redactions)),
        )
    out.print(table)


def columns(
    path: Annotated[Path, typer.Argument(help="A table: .csv, .tsv, .xlsx or .jsonl.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=HEADING[,HEADING]: what a column means; saved.")
    ] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show how a table's columns are understood, or save a mapping for tables of that name."""
    if set_:
        chosen = {}
        for pair in set_:
            name, _, headings = pair.partition("=")
            if not headings:
                raise typer.BadParameter(f"“{pair}” is not FIELD=HEADING.")
            chosen[name.strip()] = "\x1f".join(heading.strip() for heading in headings.split(","))
        with opened(workspace) as here:
            here.overlay(Overlay(id=f"columns:{path.name}", action="columns.set", target=path.name, value=chosen))
            mapped = here.saved_columns()
    else:
        mapped = {}
    found: list[Columns] = []
    rejects: list[Reject] = []
    for item in collect(path, None):
        if isinstance(item, RawFile):
            seen = ingest(item, read_manifest(path, None), mapped)
            found.extend(seen.columns)
            rejects.extend(seen.rejects)
        else:
            rejects.append(item)
    if as_json:
        print_json(found)
    for table in found if not as_json else ():
        out.print(escape(_columns_line(table)), soft_wrap=True)
        out.print(f"  headings: {escape(', '.join(table.headings))}", style="dim", soft_wrap=True)
    print_rejects(rejects)
    if rejects:
        raise typer.Exit(EXIT_REJECTS)
