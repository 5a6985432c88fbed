"""The way of `export`: a network is analyzed, its numbers are drawn or read, and a file is made of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.base.dtypes import BYTES
from cnnstat.base.files import replacing
from cnnstat.bridge.memory import Uses, running_bytes
from cnnstat.bridge.memory_limit import MemoryLimit
from cnnstat.bridge.weights import SPECS_OWN, variants_alike
from cnnstat.commands.export.targets import TARGETS
from cnnstat.commands.export.values import values
from cnnstat.tensors.common import listed

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.commands.export.options import ExportOptions
    from cnnstat.commands.export.targets import Exported
    from cnnstat.graph.model import Graph

COPIES = 3
"""How often the numbers of a network are held while a file is made of them: in the network, in the messages,
and in the bytes of the file."""


def exported(graph: Graph, options: ExportOptions) -> tuple[Analysis, Exported]:
    """Return what a network's file is made of, and the network's figures.

    Raises:
        SpecError: a layer does not fit.
        NoExportError: the target cannot say it.
        FileError: the weights cannot be read, or do not fit.
        RefusedError: it needs more memory than there is.
    """
    target, name = TARGETS[options.to], options.file.name
    target.check()
    analysis = analyze_graph(graph, Settings(dtype=options.dtype))
    if options.no_weights or not target.numbers:
        return analysis, target.make(analysis, None, options.dtype, name)
    limit = MemoryLimit(options.max_memory)
    stored = sum(row.counts.params + row.counts.buffers for row in analysis.rows) * BYTES[options.dtype]
    limit.check(running_bytes(analysis, Uses(weights=options.weights is not None)) + (COPIES - 1) * stored)
    with limit.held():
        made = target.make(analysis, values(graph, options), options.dtype, name)
    if options.weights is None:
        return analysis, made
    alike = variants_alike(analysis)
    remarks = (f"{options.weights.name} fits {listed(alike)}, too: {SPECS_OWN}",) if alike else ()
    return analysis, structs.replace(made, remarks=(*made.remarks, *remarks))


def write(exported: Exported, file: Path) -> None:
    """Write a file, and the one beside it before where there is one.

    Raises:
        FileError: the operating system refuses.
    """
    if exported.beside:
        with replacing(file.with_name(f"{file.name}.data")) as beside:
            for part in exported.beside:
                beside.write(part)
    with replacing(file) as made:
        made.write(exported.content)
