"""A model -> the text of its spec, folded where that reads as the same network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.text import plain, plural
from cnnstat.commands.import_.same import same
from cnnstat.graph.load import loads
from cnnstat.importers import drafted, is_code, run_code
from cnnstat.importers.spec_text import folded_text, spec_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph

_SAID = 10
"""Remarks that are printed one by one."""


class Imported(Struct, frozen=True):
    """The text, and what is to be said of it."""

    text: str
    said: tuple[str, ...]


def imported(
    model: str, params: Mapping[str, object], input_shape: Inputs | None, *, name: str | None, flat: bool
) -> Imported:
    """Return the spec of a model's file, or of a module of PyTorch, whose code is run with ``params``.

    What is folded is read again and held against what is not: the two have to be one network.

    Raises:
        SpecError: the model cannot be read, or is no network.
        ArgumentError: a file is given parameters.
    """
    if params and not is_code(model):
        raise ArgumentError("--set: a file has no parameters; it is for 'torch:...'")
    draft = run_code(model, params, input_shape).draft if is_code(model) else drafted(model, input_shape)
    called = model.rpartition(":")[2] if is_code(model) else Path(model).stem
    draft = replace(draft, name=name or called)
    whole = spec_text(draft).text
    graph = loads(whole, model)
    said = [*_remarks(draft.remarks), *_without(graph)]
    if flat:
        return Imported(whole, tuple(said))
    text = folded_text(draft).text
    if not _reads_as(text, graph):
        said.append("not folded: the folded spec would be another network")
        text = whole
    return Imported(text, tuple(said))


def _reads_as(text: str, graph: Graph) -> bool:
    try:
        return same(loads(text), graph)
    except SpecError:
        return False


def _remarks(remarks: tuple[str, ...]) -> list[str]:
    shown = [plain(remark) for remark in remarks[:_SAID]]
    return [*shown, f"and {len(remarks) - _SAID:,} more"] if len(remarks) > _SAID else shown


def _without(graph: Graph) -> list[str]:
    """Return what no layer type stands for: its figures are unknown."""
    nodes = sum(graph.without.values())
    if not nodes:
        return []
    return [f"without {nodes:,} {plural('node', nodes)}, opaque in the spec: {', '.join(graph.without)}"]
