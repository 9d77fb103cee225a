"""`doctor`: does everything that the main job needs work on this machine?"""

from __future__ import annotations

import platform
from collections.abc import Callable

import typer
from rich.markup import escape

from icp_synth import assets, wiring
from icp_synth.cli.console import AsJson, opened, out, print_json
from icp_synth.errors import IcpSynthError
from icp_synth.settings import Settings

_CANARY = "My name is Jane Miller, call me at 212-555-0142 or jane.miller@example.com."


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check the parts: scrubber, sentence model, reader, templates, store and index."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", platform.python_version),
        ("scrubber", _scrubber),
        ("sentence model", _model),
        ("reader", lambda: wiring.analyst(Settings().analyst).name),
        ("templates", _templates),
        ("store", _store),
    ]
    rows = []
    for name, check in checks:
        try:
            rows.append({"part": name, "ok": True, "says": check()})
        except (IcpSynthError, OSError, ImportError) as error:
            rows.append({"part": name, "ok": False, "says": str(error)})
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            mark = "[green]✓[/]" if row["ok"] else "[red]✗[/]"
            out.print(f"{mark} {row['part']:15} {escape(str(row['says']))}", soft_wrap=True)
    if not all(row["ok"] for row in rows):
        raise typer.Exit(1)


def _scrubber() -> str:
    found = {redaction.entity for redaction in wiring.detector().find(_CANARY)}
    missed = {"PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS"} - found
    if missed:
        raise IcpSynthError(f"The scrubber misses {', '.join(sorted(missed))} in a plain sentence.", "Install again.")
    return wiring.detector().name


def _model() -> str:
    near, far = (
        wiring.embedder().embed(["the import is slow", text]) for text in ("importing takes ages", "we sell tea")
    )
    if float(near[0] @ near[1]) <= float(far[0] @ far[1]):
        raise IcpSynthError("The sentence model gives nonsense.", "Install again.")
    return wiring.embedder().name


def _templates() -> str:
    if not (assets.template_dir() / "one_pager").is_dir():
        raise IcpSynthError("The templates are missing.", "Install again.")
    return "found"


def _store() -> str:
    settings = Settings()
    address, names = wiring.store_address(settings), wiring.workspace_names(settings)
    for name in names:
        with opened(name) as here:
            if not here.index_is_whole():
                here.rebuild_index()
    return f"{address}, {len(names)} workspace{'' if len(names) == 1 else 's'}"
