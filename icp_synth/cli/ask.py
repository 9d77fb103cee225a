"""`ask`: a question to the evidence base, answered in customers' words with their places, or honestly not; `questions`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.style import Style
from rich.table import Table
from rich.text import Text

from icp_synth.cli.console import EXIT_REJECTS, AsJson, InWorkspace, err, opened, out, print_json
from icp_synth.errors import IcpSynthError
from icp_synth.questions import Changed
from icp_synth.records import Answer, Filters, ProfileStatement
from icp_synth.settings import Settings
from icp_synth.stages.render.wording import KIND_WORDS, PARTIAL, place, plural, seen, support_words
from icp_synth.workspace import Workspace

questions = typer.Typer(invoke_without_command=True, help="List the questions that are kept; stop keeping one.")
_PROMPT = "? "
_NAMED = 12  # accounts that are named one by one
_ENOUGH = ("quit", "exit", "q", ":q")


def register(app: typer.Typer) -> None:
    """Add the command and the group."""
    app.command()(ask)
    app.add_typer(questions, name="questions")


def ask(
    question: Annotated[
        str | None, typer.Argument(help="What you want to know; without it, questions are read one by one.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="A file with a question on each line.", exists=True, dir_okay=False),
    ] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only what these accounts say; repeatable.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="ATTRIBUTE=VALUE of the accounts table; repeatable.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help=f"Kind of source ({', '.join(KIND_WORDS)}); repeatable."),
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option(help="What became of the account (won, lost, churned, active); repeatable.")
    ] = None,
    voice: Annotated[
        str | None, typer.Option(help="verbatim: their own words; reported: what somebody noted of them.")
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="Words of the speaker's job or part in buying (CTO, operations, economic buyer); repeatable."
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(help="Sources from this day on (YYYY-MM-DD).")] = None,
    until: Annotated[str | None, typer.Option(help="Sources up to this day (YYYY-MM-DD).")] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the question: it is asked again when evidence arrives.")
    ] = False,
    originals: Annotated[
        Path | None,
        typer.Option(help="Where the evidence was added from, to link to; looked for below here if not given."),
    ] = None,
    analyst: Annotated[
        str | None, typer.Option(help="A model that puts the answer in words, named as in `draft`; or extractive.")
    ] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="Dollars that this run may spend on a model.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=0, help="Tokens that this run may use.")] = None,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Answer from the evidence: what customers said, each with its place; or that the evidence doesn't say."""
    if question is not None and file is not None:
        raise typer.BadParameter("Give a question or a --file, not both.")
    if question is not None and not question.strip():
        raise typer.BadParameter("There is no question in that.")
    if save and question is None:
        raise typer.BadParameter("Give the question that is to be kept.")
    filters = _filters(account, segment, kind, outcome, voice, role, since, until)
    asked = [question] if question is not None else _lines(file) if file else _typed()
    said = {"analyst": analyst, "budget": budget, "budget_tokens": budget_tokens, "batch": False}
    settings = Settings().model_copy(update={name: value for name, value in said.items() if value is not None})
    answers = []
    with opened(workspace, settings) as here:
        for one in asked:
            words = " ".join(one.split())
            with _watching(as_json=as_json) as on_text:
                answered = here.ask(words, filters, on_text)
            if not as_json:
                show(answered, here, originals, numbered=file is not None)
            answered = answered.model_copy(update={"follow_ups": here.questions.follow_ups(answered, filters)})
            if not as_json:
                _show_follow_ups(answered)
            answers.append(answered)
        if save:
            kept = here.keep_question(answers[0].question, filters)
            err.print(f"Kept as {kept.id}: {escape(kept.question)}", soft_wrap=True)
    if as_json:
        print_json(answers[0] if question is not None else answers)
    if any(one.partial for one in answers):
        raise typer.Exit(EXIT_REJECTS)


@contextmanager
def _watching(*, as_json: bool) -> Iterator[Callable[[str], None] | None]:
    """Who watches a model write, where somebody waits at a terminal: a line that is gone when the answer stands.

    It counts and doesn't quote: words that weren't checked are not shown.
    """
    if as_json or not out.is_terminal:
        yield None
        return
    with out.status("[dim]Looking …[/]") as status:
        yield lambda text: status.update(f"[dim]The model writes: {len(text):,} characters, not checked yet[/]")


def _filters(
    account: list[str] | None,
    segment: list[str] | None,
    kind: list[str] | None,
    outcome: list[str] | None,
    voice: str | None,
    role: list[str] | None,
    since: str | None,
    until: str | None,
) -> Filters:
    pairs = {name.strip(): value.strip() for name, _, value in (one.partition("=") for one in segment or [])}
    if not all(pairs.values()):
        raise typer.BadParameter("A --segment is ATTRIBUTE=VALUE, as `icp-synth accounts` shows them.")
    try:
        return Filters.model_validate(
            {
                "accounts": tuple(account or ()),
                "segment": pairs,
                "source_kinds": tuple(one.replace("-", "_") for one in kind or ()),
                "outcomes": tuple(outcome or ()),
                "voices": (voice,) if voice else (),
                "roles": tuple(role or ()),
                "since": _day(since),
                "until": _day(until),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise typer.BadParameter(f"“{first['input']}”: {first['msg']}.") from None


def _day(given: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError:
        raise typer.BadParameter(f"“{given}” is not a day like 2026-01-31.") from None


def _lines(file: Path) -> list[str]:
    """The questions of a file. Raises IcpSynthError where it holds none."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise IcpSynthError(f"{file} is not UTF-8 text.", "Save it as UTF-8, a question on each line.") from error
    found = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise IcpSynthError(f"{file} holds no question.", "Write one on each line.")
    return found


def _typed() -> Iterator[str]:
    """Questions as they are typed, until nothing more comes; in a terminal with a history, which is kept nowhere."""
    if sys.stdin.isatty():
        import readline  # noqa: F401  (gives `input` a history)

        err.print("Ask; an empty line or Ctrl-D ends.", style="dim")
    while True:
        try:
            line = input(_PROMPT if sys.stdin.isatty() else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if sys.stdin.isatty() and (not line or line.lower() in _ENOUGH):
            return
        if line:
            yield line


# ---------------------------------------------------------------- showing


def show(answered: Answer, here: Workspace, originals: Path | None, *, numbered: bool = False) -> None:
    """Print an answer, claim by claim."""
    if numbered:
        out.print(f"[bold]{escape(answered.question)}[/]", soft_wrap=True)
    cited = {one.id: (number, one) for number, one in enumerate(answered.citations, 1)}
    if answered.abstained:
        out.print(escape(answered.answer))
    elif answered.support:
        when, names = seen(answered.support), answered.accounts
        named = f" ({', '.join(names)})" if 0 < len(names) <= _NAMED else ""
        head = [f"{support_words(answered.support)}{named}", when, f"confidence {answered.confidence:.2f}"]
        out.print(escape(", ".join(filter(None, head))), style="dim", soft_wrap=True)
    note = ""
    for claim in answered.claims:
        if claim.note != note:
            note = claim.note
            out.print(f"{escape(note[:1].upper() + note[1:])}:", style="dim", soft_wrap=True)
        text = claim.text if claim.written else f"“{claim.text}”"
        out.print(f"{escape(text)} [dim]{escape(support_words(claim.support))}[/]", soft_wrap=True)
        for name in claim.evidence:
            _show_citation(*cited[name], here, originals, quoted=claim.written)
        if claim.counter:
            out.print("  [dim]Said otherwise:[/]")
        for name in claim.counter:
            _show_citation(*cited[name], here, originals, quoted=True)
    if not answered.abstained:
        for part in answered.unanswered:
            out.print(f"Not answered: {escape(part)}", soft_wrap=True)
    for what in answered.missing:
        out.print(escape(what), style="dim", soft_wrap=True)
    _show_writing(answered)


def _show_writing(answered: Answer) -> None:
    """Whose the lines are that no customer said, what of a model's fell, and what it gave no answer to."""
    if any(claim.written for claim in answered.claims):
        told = f"Lines without quotation marks: written by {answered.analyst}, checked."
        out.print(escape(told), style="dim", soft_wrap=True)
    if answered.dropped:
        fell = plural(len(answered.dropped), "sentence")
        told = f"Dropped, since the evidence doesn't bear it: {fell} of the model. --json lists what was dropped."
        out.print(told, style="dim", soft_wrap=True)
    for lost in answered.partial:
        out.print(f"[yellow]Partial[/]: {PARTIAL[lost.task]}. {escape(lost.why)}", soft_wrap=True)


def _show_citation(
    number: int, cited: ProfileStatement, here: Workspace, originals: Path | None, *, quoted: bool = False
) -> None:
    where = f"{cited.source}:{cited.lines[0]}" if cited.lines else f"{cited.source}, {place(cited)}"
    line = Text(f"  [{number}] ", style="dim")
    if quoted:
        line.append(f"“{' '.join(cited.quote.split())}” ", style="not dim")
    line.append(
        f"{cited.account}, {KIND_WORDS[cited.source_kind]}{', reported' if cited.voice == 'reported' else ''}, "
    )
    found = here.original(cited.source_id, originals or Path()) if out.is_terminal else None
    line.append(where, style=Style(link=found.as_uri()) if found else "")
    out.print(line, soft_wrap=True)


def _show_follow_ups(answered: Answer) -> None:
    if answered.follow_ups:
        out.print("The evidence also answers:", style="dim")
    for one in answered.follow_ups:
        out.print(f"  {escape(one)}", soft_wrap=True)
    out.print() if not answered.abstained else None


# ---------------------------------------------------------------- kept questions


@questions.callback()
def list_kept(context: typer.Context, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the questions that are kept, with how they were answered last."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as here:
        kept = here.questions.kept()
    if as_json:
        print_json(kept)
        return
    if not kept:
        out.print("No question is kept. Keep one with `icp-synth ask QUESTION --save`.")
        return
    table = Table(box=None, header_style="bold")
    table.add_column("id", no_wrap=True)
    for heading in ("question", "accounts", "citations"):
        table.add_column(heading)
    for one in kept:
        said = "no answer" if one.abstained else f"{one.accounts} of {one.of_accounts}"
        table.add_row(one.id, escape(one.question), said, str(len(one.cited)))
    out.print(table)


@questions.command("remove")
def stop_keeping(
    name: Annotated[str, typer.Argument(help="A question's id or its words.")], workspace: InWorkspace = None
) -> None:
    """Stop keeping a question."""
    with opened(workspace) as here:
        gone = here.questions.forget(name)
    out.print(f"No longer kept: {escape(gone.question)}", soft_wrap=True)


def print_changed(changed: Sequence[Changed]) -> None:
    """What new evidence did to the kept questions, one line each and the new words below it."""
    for one in changed:
        out.print(f"“{escape(one.after.question)}”: {_how(one)}", soft_wrap=True)
        for cited in one.new:
            where = f"{cited.account}, {cited.source}{f':{cited.lines[0]}' if cited.lines else ''}"
            out.print(f"  + “{escape(' '.join(cited.quote.split()))}” [dim]{escape(where)}[/]", soft_wrap=True)


def _how(one: Changed) -> str:
    before, after = one.before, one.after
    if before.abstained or after.abstained:
        return "is answered now" if before.abstained else "the evidence doesn't say any more"
    counted = f"{after.accounts} of {after.of_accounts} accounts"
    if (before.accounts, before.of_accounts) != (after.accounts, after.of_accounts):
        counted += f" (was {before.accounts} of {before.of_accounts})"
    return f"{counted}, {len(one.new)} new citations, {one.gone} gone"
