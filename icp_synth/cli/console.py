"""What all commands share of the terminal: two consoles, progress, JSON, the workspace that is meant."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from icp_synth import wiring
from icp_synth.errors import NotFoundError
from icp_synth.records import Reject
from icp_synth.settings import Settings
from icp_synth.workspace import Workspace

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

EXIT_REJECTS = 3

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
InWorkspace = Annotated[
    str | None, typer.Option("--workspace", "-w", help="The workspace; not needed where there is one.")
]


class RichProgress:
    """Implements `ports.Progress`: a bar with counts and time left, on stderr and only where that is a terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), TextColumn("{task.fields[what]}"), console=err, transient=True,
            disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def start(self, stage: str, total: int) -> None:
        """Show a stage with its number of items."""
        self._bar.start()
        self._tasks[stage] = self._bar.add_task(stage, total=total or None, what="")

    def advance(self, stage: str, what: str = "") -> None:
        """One more item is being done; `what` is shown beside the bar."""
        if stage in self._tasks:
            self._bar.update(self._tasks[stage], advance=1, what=escape(what[-40:]))

    def finish(self, stage: str) -> None:
        """Take the bar away."""
        if stage in self._tasks:
            self._bar.remove_task(self._tasks.pop(stage))
        if not self._tasks:
            self._bar.stop()

    def note(self, message: str) -> None:
        """Print a line beside the bar."""
        err.print(message)


def print_json(value: Any) -> None:
    """JSON on stdout; records are dumped."""

    def plain(one: Any) -> Any:
        return one.model_dump(mode="json") if isinstance(one, BaseModel) else str(one)

    sys.stdout.write(json.dumps(value, default=plain, ensure_ascii=False, indent=2) + "\n")


def print_rejects(rejects: Iterable[Reject]) -> None:
    """One line each on stderr: what, where, why, and what to do next."""
    for reject in rejects:
        where = f"{reject.path}:{reject.line}" if reject.line else reject.path
        err.print(f"[yellow]✗[/] {escape(where)}: {escape(reject.reason)} {escape(reject.advice)}", soft_wrap=True)


@contextmanager
def opened(name: str | None, settings: Settings | None = None, *, create: bool = False) -> Iterator[Workspace]:
    """The workspace of that name, or the only one there is. Raises NotFoundError for one that is not, unless `create`."""
    settings = settings or Settings()
    if name and not create and name not in (names := wiring.workspace_names(settings)):
        known = f"There are {', '.join(names)}." if names else "There is none yet: `icp-synth draft PATH` makes one."
        raise NotFoundError(f"No workspace is called “{name}”.", known)
    with wiring.open_workspace(settings, name or only_workspace(settings), RichProgress()) as workspace:
        yield workspace


def only_workspace(settings: Settings) -> str:
    """The name of the only workspace. Raises NotFoundError where there is none, or more than one."""
    names = wiring.workspace_names(settings)
    if len(names) == 1:
        return names[0]
    if not names:
        raise NotFoundError("There is no workspace here yet.", "Start with `icp-synth draft PATH --product NAME`.")
    raise NotFoundError(f"Which workspace? There are {', '.join(names)}.", "Name one with --workspace.")


def count_files(path: Path) -> int:
    """How many files lie below a path, for the progress bar."""
    return sum(1 for found in path.rglob("*") if found.is_file()) if path.is_dir() else 1
