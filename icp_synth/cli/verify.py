"""`verify`: is a profile true?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from icp_synth.adapters.files import collect
from icp_synth.cli.console import AsJson, opened, out, print_json
from icp_synth.cli.evidence import read_manifest
from icp_synth.errors import IcpSynthError
from icp_synth.records import Block, Profile, RawFile
from icp_synth.stages.ingest import ingest
from icp_synth.verification import verify as recompute

EXIT_FALSE = 4
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(verify)


def verify(
    profile: Annotated[Path, typer.Argument(help="A profile.json.")],
    originals: Annotated[
        Path | None, typer.Option(help="Where the evidence lies: every quote is looked up there too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Work out every quote, line, role, count and status again, from the store and, if given, from the originals."""
    try:
        claimed = Profile.model_validate_json(profile.read_bytes())
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        raise IcpSynthError(
            f"{profile} is no profile.json ({type(error).__name__}).", "Make one with `icp-synth draft`."
        ) from error
    with opened(claimed.workspace) as here:
        accounts = here.accounts()
        sources = here.sources()
        mapped = here.saved_columns()
        rows = here.store.account_rows()
    files = None
    if originals:
        manifest = read_manifest(originals, claimed.product)
        files = [item for item in collect(originals, None) if isinstance(item, RawFile)]

    def blocks(raw: RawFile) -> list[Block]:
        return [block for source in ingest(raw, manifest, mapped).sources for block in source.blocks]

    verdict = recompute(claimed, sources, accounts.of_source, accounts.by_id, rows, files, blocks)
    if as_json:
        print_json(verdict)
    else:
        what = ", ".join(f"{count} {name}" for name, count in verdict.checked.items())
        out.print(f"Checked {what}: {'all true' if not verdict.findings else f'{len(verdict.findings)} do not hold'}.")
        changed = {source.id for source in claimed.sources} ^ {source.id for source in sources}
        if changed:
            out.print(
                f"{len(changed)} sources came or went since it was drafted: draft again for counts that hold now."
            )
        for finding in verdict.findings[:SHOWN]:
            out.print(f"  [red]✗[/] {escape(finding.id)}: {escape(finding.what)}", soft_wrap=True)
        if len(verdict.findings) > SHOWN:
            out.print(f"  … and {len(verdict.findings) - SHOWN} more; --json has them all.")
    if verdict.findings:
        raise typer.Exit(EXIT_FALSE)
