"""What a shell completes: commands and options, and the words of a spec.

The shell starts the program with the line so far in its environment, each time that Tab is pressed.
docs/editors.md says how that is switched on.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from cnnstat.base.errors import ArgumentError, Source, SpecError
from cnnstat.graph.load import load
from cnnstat.spec import bundled, file
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from click.shell_completion import CompletionItem

    from cnnstat.graph.model import Graph

VARIABLE = "_CNNSTAT_COMPLETE"
"""The variable of the environment in which a shell says what it wants."""

_SUFFIXES = (".yaml", ".yml")


def complete(program: click.Command, wanted: str) -> int:
    """Answer a shell; what is wrong on the line so far is no time for a message."""
    from click.shell_completion import shell_complete  # noqa: PLC0415 - only a shell waits for it

    with suppress(click.ClickException):
        return shell_complete(program, {}, "cnnstat", VARIABLE, wanted)
    return 1


def specs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the bundled networks and the specs of this folder; behind ``#`` the variants of a file.

    Where none of them is meant, the shell offers files and folders.
    """
    return specs_or((), incomplete)


def specs_or(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Return some words and specs; a shell offers files only where nothing else is offered."""
    place, sign, _ = incomplete.partition("#")
    if sign:
        return items((f"{place}#{name}" for name in _variants(place)), incomplete)
    return items((*words, *bundled.names(), *_files(incomplete)), incomplete) or [_file(incomplete)]


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leave files and folders to the shell."""
    return [_file(incomplete)]


def layers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the layers and blocks of the network on the line, as deep as what is typed."""
    graph = _network(context)
    inside = incomplete.count(".") + 1
    paths = () if graph is None else (node.path for node in graph.layers)
    return items((".".join(path.split(".")[:inside]) for path in paths), incomplete)


def nodes(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the inputs of the network on the line, too."""
    graph = _network(context)
    inputs = () if graph is None else (node.path for node in graph.inputs)
    return [*items(inputs, incomplete), *layers(context, parameter, incomplete)]


def params(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the parameters of the network on the line."""
    graph = _network(context)
    return [] if graph is None else items((f"{name}=" for name in graph.spec.params), incomplete)


def items(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Return the words that begin as what is typed."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415

    return [CompletionItem(word) for word in dict.fromkeys(words) if word.startswith(incomplete)]


def _file(incomplete: str) -> CompletionItem:
    from click.shell_completion import CompletionItem  # noqa: PLC0415

    return CompletionItem(incomplete, type="file")


def _files(incomplete: str) -> Iterator[str]:
    """Yield the specs in the folder at hand, unless a path is being typed."""
    if "/" not in incomplete:
        with suppress(OSError):
            yield from sorted(each.name for each in os.scandir() if each.name.endswith(_SUFFIXES))


def _variants(place: str) -> Iterable[str]:
    with suppress(SpecError):
        path, name, _ = file.find(place)
        if path.is_file():
            return read_family(Source(name, file.read(place)[0])).variants
    return ()


def _network(context: click.Context) -> Graph | None:
    """Return the network that the line so far names; standard input is not read, nor a pipe."""
    # Where an option lacks its value, which is being typed, click has not yet given arguments their names.
    spec = next(iter(context.args), context.params.get("spec") or context.params.get("topic"))
    if spec and spec != "-":
        with suppress(SpecError, ArgumentError):
            if file.find(spec)[0].is_file():
                return load(spec, params=context.params.get("params"))
    return None
