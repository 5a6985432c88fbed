"""The program: its commands, and how it ends.

Exit codes: 0 good; 1 a bad spec, a missed expectation, a figure or a gradient that is not true, a difference
where `--exit-code` asks for it; 2 usage, a run that is refused, output that cannot be written, and a bad spec
under `--exit-code`; 130 interrupted. A reader who stops reading (`| head`) changes none of them.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import NoReturn

import click

from cnnstat.base.errors import SpecError
from cnnstat.base.text import plain
from cnnstat.cli import completion
from cnnstat.cli.group import cli
from cnnstat.cli.output import complain, drop_output

__all__ = ["cli", "main"]

_HELP = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""How newer versions of click end without a command: its message is the help, on lines of its own."""


def main() -> NoReturn:
    """Run the program; every ending is an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_run())


def _run() -> int:
    if wanted := os.environ.get(completion.VARIABLE):
        return completion.complete(cli, wanted)
    try:
        # Not cli.main(): it answers Ctrl-C with an empty line.
        with cli.make_context("cnnstat", sys.argv[1:]) as context:
            cli.invoke(context)
    except SpecError as error:
        return complain(f"{error}\n", 1)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        return complain(_message(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return complain("interrupted\n", 130)
    except BrokenPipeError:  # the reader of click's own output, such as --help, has gone
        drop_output()
    except OSError as error:
        drop_output()
        return complain(f"cannot write standard output: {error.strerror}\n", 2)
    return 0


def _message(error: click.ClickException) -> str:
    """Return what click would print, the usage of the command above it; what was typed is made harmless."""
    if isinstance(error, _HELP):
        return f"{error.format_message()}\n"
    text = io.StringIO()
    harmless = plain(error.format_message())
    if isinstance(error, click.UsageError):
        click.UsageError(harmless, error.ctx).show(text)
    else:
        click.ClickException(harmless).show(text)
    return text.getvalue()
