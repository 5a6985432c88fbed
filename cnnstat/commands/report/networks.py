"""Words of a command line -> the networks of a report, each analyzed, or why it could not be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import ArgumentError, Source, SpecError
from cnnstat.commands.check.configuration import read_configuration
from cnnstat.commands.check.spec_files import spec_files
from cnnstat.graph.load import load_written
from cnnstat.graph.model import build
from cnnstat.importers import read
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph

SHOWN = 1000
"""Networks of a folder, at most: beyond, nobody looks through one page."""


class Given(Struct, frozen=True):
    """What is asked of each network: parameters in place of its own, another input, and settings."""

    params: dict[str, object]
    input_shape: Inputs | None
    settings: Settings


class Reported(Struct, frozen=True):
    """A network under the ``key`` that tells it from others, or the ``error`` that stands in its place.

    ``spec`` is the word that names it alone, as a command line would.
    """

    key: str
    spec: str
    analysis: Analysis | None
    error: SpecError | None = None


def is_folder(word: str) -> bool:
    """Say whether a word of a command line is a folder, all of whose networks are meant."""
    return os.path.isdir(word)


def networks(words: Sequence[str], given: Given) -> tuple[Reported, ...]:
    """Return the networks that words name: a spec one of them, a folder all of those of all its specs.

    Raises:
        SpecError: a spec that is named is wrong; one of a folder is there with its problems.
        ArgumentError: a folder has no spec, or too many networks.
    """
    taken: dict[str, int] = {}
    found: list[Reported] = []
    for word in words:
        for spec, analysis, error in _in_folder(word, given) if is_folder(word) else _named(word, given):
            if len(found) == SHOWN:
                raise ArgumentError(f"there are more than {SHOWN:,} networks in {', '.join(words)}")
            found.append(Reported(_key(analysis.name if analysis else spec, taken), spec, analysis, error))
    return tuple(found)


def _named(word: str, given: Given) -> Iterator[tuple[str, Analysis, None]]:
    graph = load_written(word, params=given.params, input_shape=given.input_shape)
    yield word, analyze_graph(graph, given.settings), None


def _in_folder(folder: str, given: Given) -> Iterator[tuple[str, Analysis | None, SpecError | None]]:
    configuration = read_configuration(None, Path.cwd())
    for path in spec_files((folder,), configuration).specs:
        try:
            text, name, _ = read(path)
            family = read_family(Source(name, text))
        except SpecError as error:
            yield path, None, error
            continue
        for variant in family.variants or (None,):
            spec = path if variant is None else f"{path}#{variant}"
            try:
                graph = _on(build(choose(family, variant, given.params)), given.input_shape)
                yield spec, analyze_graph(graph, given.settings), None
            except SpecError as error:
                yield spec, None, error


def _on(graph: Graph, input_shape: Inputs | None) -> Graph:
    return graph if input_shape is None else graph.on(input_shape)


def _key(name: str, taken: dict[str, int]) -> str:
    """Return a name, with a number behind it where another network has it."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name} ({taken[name]})"
