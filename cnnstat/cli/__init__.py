"""The program: its commands, and how it ends.

Exit codes: 0 good; 1 a bad spec, a missed expectation, a figure or a gradient that is not true, a difference
where `--exit-code` asks for it; 2 usage, a run that is refused, and a bad spec under
`--exit-code`; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from typing import NoReturn

import click

from cnnstat.base.errors import SpecError
from cnnstat.cli.output import complain, drop_output
from cnnstat.cli.program import cli

__all__ = ["cli", "main"]


def main() -> NoReturn:
    """Run the program; every ending is an exit code, never a traceback."""
    gc.disable()  # a short process builds frozen values, which have no cycles to collect
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_run())


def _run() -> int:
    try:
        # Not cli.main(): it answers Ctrl-C with an empty line.
        with cli.make_context("cnnstat", sys.argv[1:]) as context:
            cli.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SpecError as error:
        with contextlib.suppress(OSError, AttributeError):
            sys.stdout.flush()
        return complain(f"{error}\n", 1)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return complain("interrupted\n", 130)
    except BrokenPipeError:
        # The reader has gone; leave nothing for the interpreter to flush at exit.
        drop_output()
        return 0
    except OSError as error:
        drop_output()
        return complain(f"cannot write: {error.strerror}\n", 1)
    return 0
