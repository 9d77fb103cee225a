"""The Typer application, and how it ends: exit codes, one-line errors, Ctrl-C."""

from __future__ import annotations

import logging
import sys

import typer
from pydantic import ValidationError
from rich.markup import escape

from icp_synth.cli import (
    accounts,
    ask,
    changes,
    claims,
    cost,
    doctor,
    evaluate,
    evidence,
    privacy,
    profile,
    roles,
    themes,
    verify,
)
from icp_synth.cli.console import err
from icp_synth.cli.logs import configure, unforeseen
from icp_synth.errors import IcpSynthError
from icp_synth.settings import Settings

EXIT_ERROR, EXIT_INTERRUPTED = 1, 130

app = typer.Typer(
    name="icp-synth",
    help="Customer evidence in, an ideal customer profile out: every sentence traces to a customer's own words.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (profile, ask, changes, cost, evidence, verify, doctor):
    group.register(app)
app.add_typer(themes.app, name="themes")
app.add_typer(claims.app, name="claims")
app.add_typer(accounts.app, name="accounts")
app.add_typer(roles.app, name="roles")
app.add_typer(privacy.app, name="privacy")
app.add_typer(evaluate.app, name="eval")


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 error, 2 wrong usage, 3 done with rejects, 4 not verified, 5 worse than before, 130 stopped.
    """
    try:
        configure(Settings().log_level)
        code = app(standalone_mode=False)  # what `typer.Exit` carries comes back as a value, and so does Ctrl-C
        if code == EXIT_INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except IcpSynthError as error:
        _print_error(str(error))
        sys.exit(EXIT_ERROR)
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        wrong = "; ".join(f"ICP_SYNTH_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        _print_error(f"{wrong}. Correct it in the environment, or unset it.")
        sys.exit(EXIT_ERROR)
    except OSError as error:
        _print_error(f"{error.filename or 'The disk'}: {error.strerror}. See that it can be read and written.")
        sys.exit(EXIT_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        err.print("Stopped. What was finished is kept; run the same command again to go on.")
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error of Click's
            error.show()
            sys.exit(int(error.exit_code))
        logging.getLogger(__name__).debug("unforeseen", exc_info=error)
        _print_error(unforeseen(error))
        sys.exit(EXIT_ERROR)


def _print_error(text: str) -> None:
    err.print(f"[red]✗[/] {escape(' '.join(text.split()))}", soft_wrap=True)
