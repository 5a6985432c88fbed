"""The program and its commands. Each is imported when it is asked for: none waits for what others need."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from cnnstat import __version__
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion

COMMANDS = (
    *("check", "diff", "draw", "explain", "export", "fit", "flops", "import"),
    *(
        "list",
        "plot",
        "query",
        "report",
        "rf",
        "run",
        "schema",
        "serve",
        "sizes",
        "summary",
        "sweep",
        "trace",
    ),
)
"""Each has a folder of its name in `cnnstat.commands`, with a file `command.py`."""


def folder_of(command: str) -> str:
    """Return the folder of a command; a word of Python's ends with an underscore there."""
    return f"{command}_" if iskeyword(command) else command


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ArgumentError as error:
            command = self.get_command(ctx, ctx.invoked_subcommand or "")
            usage = click.Context(command, parent=ctx, info_name=ctx.invoked_subcommand)
            raise click.UsageError(str(error), usage) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in COMMANDS:
            hint = suggestion(cmd_name, COMMANDS) or "; 'cnnstat --help' lists them"
            ctx.fail(f"No such command '{cmd_name}'{hint}")
        found = vars(import_module(f"cnnstat.commands.{folder_of(cmd_name)}.command")).values()
        return next(each for each in found if isinstance(each, click.Command) and each.name == cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnnstat")
def cli() -> None:
    """Exact figures of convolutional networks from a YAML spec.

    SPEC is a path, - for standard input, or the name of a bundled architecture (see: cnnstat list). It may
    also be a model: an .onnx file, or torch:package.module:callable or torch:file.py:callable, which is run.
    FILE#NAME is the variant NAME of a family.
    """
