"""Words of a command line -> the networks of a report, each analyzed, or why it could not be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import ArgumentError, Source, SpecError
from cnnstat.bridge.named_network import with_model
from cnnstat.cli.options import Chosen
from cnnstat.commands.check.spec_files import spec_files
from cnnstat.graph.model import build
from cnnstat.importers import is_code, read
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.bridge.taken_weights import Model
    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.graph.model import Graph

SHOWN = 1000
"""The most networks that a page shows."""


class Given(Struct, frozen=True):
    """What is asked of each network: parameters in place of its own, another input, and settings.

    ``configuration`` says which files of a folder are specs; ``weights``: a module of PyTorch is made with
    its own, within so many bytes of memory.
    """

    configuration: Configuration
    params: dict[str, object]
    input_shape: Inputs | None
    settings: Settings
    weights: bool = False
    max_memory: int | None = None


class Reported(Struct, frozen=True):
    """A network under the ``key`` that tells it from others, or the ``error`` that stands in its place.

    ``spec`` is the word that names it alone, as a command line would; ``model`` is the model that it is,
    whose weights a run takes.
    """

    key: str
    spec: str
    analysis: Analysis | None
    error: SpecError | None = None
    model: Model | None = None


def networks(words: Sequence[str], given: Given) -> tuple[Reported, ...]:
    """Return the networks that words name: a spec one of them, a folder all of those of all its specs.

    Raises:
        SpecError: a spec that is named is wrong; one of a folder is there with its problems.
        ArgumentError: a folder has no spec, or too many networks.
    """
    taken: dict[str, int] = {}
    found: list[Reported] = []
    for word in words:
        for each in _in_folder(word, given) if os.path.isdir(word) else _named(word, given):
            if len(found) == SHOWN:
                raise ArgumentError(f"there are more than {SHOWN:,} networks in {', '.join(words)}")
            name = each.analysis.name if each.analysis else each.spec
            found.append(replace(each, key=_key(name, taken)))
    return tuple(found)


def _named(word: str, given: Given) -> Iterator[Reported]:
    chosen = Chosen(word, given.params, given.input_shape)
    if is_code(word) and not given.weights:
        graph, model = chosen.load(), None
    else:
        graph, model = with_model(chosen, given.max_memory)
    yield Reported("", word, analyze_graph(graph, given.settings), model=model)


def _in_folder(folder: str, given: Given) -> Iterator[Reported]:
    for path in spec_files((folder,), given.configuration).specs:
        try:
            text, name, _ = read(path)
            family = read_family(Source(name, text))
        except SpecError as error:
            yield Reported("", path, None, error)
            continue
        for variant in family.variants or (None,):
            spec = path if variant is None else f"{path}#{variant}"
            try:
                graph = _on(build(choose(family, variant, given.params)), given.input_shape)
                yield Reported("", spec, analyze_graph(graph, given.settings))
            except SpecError as error:
                yield Reported("", spec, None, error)


def _on(graph: Graph, input_shape: Inputs | None) -> Graph:
    return graph if input_shape is None else graph.on(input_shape)


def _key(name: str, taken: dict[str, int]) -> str:
    """Return a name, with a number behind it where another network has it."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name} ({taken[name]})"
