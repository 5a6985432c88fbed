"""The documented JSON of an analysis (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cnnstat.base.figures import ADDED, OF_NETWORK
from cnnstat.report.columns import field_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis, Row, Totals
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Shape

SCHEMA_VERSION = 1


class OfNetwork(Protocol):
    """What is known of one network, on one input."""

    @property
    def graph(self) -> Graph:
        """The network."""

    @property
    def input_shape(self) -> Shape:
        """Its input."""


def head(command: str, of: OfNetwork | None = None) -> dict[str, Any]:
    """Return what the JSON of a command begins with, and which network it is of."""
    return {"schema_version": SCHEMA_VERSION, "command": command, **(network(of) if of else {})}


def network(of: OfNetwork) -> dict[str, Any]:
    """Return which network it is, and its input."""
    spec = of.graph.spec
    return {"name": spec.name, "source": spec.source, "input_shape": list(of.input_shape)}


def data(analysis: Analysis, rows: Iterable[Row], command: str) -> dict[str, Any]:
    """Return the contract: the network, ``rows`` as layers, totals, and what was expected."""
    return {
        **head(command, analysis),
        "batch": analysis.settings.batch,
        "dtype": analysis.settings.dtype,
        "optimizer": analysis.settings.optimizer,
        "layers": [layer_data(row, analysis.input_shape) for row in rows],
        "totals": network_totals(analysis),
        "expectations": {
            "checked": analysis.checked,
            "missed": [missed.message for missed in analysis.missed],
        },
    }


def network_totals(analysis: Analysis) -> dict[str, Any]:
    """Return the figures of the whole network."""
    totals = analysis.totals
    return {
        **figures(totals, analysis.input_shape),
        **{key: getattr(totals, key) for key in OF_NETWORK},
    }


def layer_data(row: Row, input_shape: Shape) -> dict[str, Any]:
    """Return one layer, or one folded group, as data."""
    return {
        "name": row.name,
        "type": row.type,
        "inputs": list(row.inputs),
        **figures(row, input_shape),
        "leftover": list(row.leftover),
        "folded_layers": len(row.layers),
    }


def figures(row: Row | Totals, input_shape: Shape) -> dict[str, Any]:
    """Return the figures of a layer or of the network."""
    return {
        "output_shape": list(row.output_shape),
        **{key: getattr(row.counts, key) for key in ADDED},
        "receptive_field": field_data(row, input_shape),
    }
