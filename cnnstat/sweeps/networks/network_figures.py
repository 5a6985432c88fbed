"""The figures of one network: from totals where these have them, else from a walk through all its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import Unknown, totals
from cnnstat.analysis.roofline import roof_of_network
from cnnstat.base.arguments import named_inputs
from cnnstat.graph.model import build
from cnnstat.layers.base import places
from cnnstat.spec.expect import WHOLE
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composed import FigureValue, Pieces
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.spec.choice import Spec
    from cnnstat.sweeps.networks.figures import Cell


def figures_of(
    spec: Spec,
    keys: Sequence[str],
    settings: Settings,
    pieces: Pieces,
    inputs: Inputs | None,
    machine: Machine | None = None,
) -> list[Cell]:
    """Return figures of a network.

    Raises:
        SpecError: it is wrong, or a layer does not fit its input.
        ArgumentError: it has no such inputs.
    """
    wanted = {_TOTALS_KEYS.get(key, key) for key in keys if not (SWEPT[key].walked or SWEPT[key].under)}
    found = totals(spec, settings, pieces, inputs=inputs, figures=wanted)
    walks, roofed = (any(getattr(SWEPT[key], how) for key in keys) for how in ("walked", "under"))
    analysis = roof = None
    if walks or roofed:
        graph = build(spec)
        graph = graph if inputs is None else graph.on(inputs)
        analysis = analyze_graph(graph, settings) if walks else None
        roof = roof_of_network(graph, settings, machine) if machine is not None and roofed else None
    cells: list[Cell] = []
    for key in keys:
        work, under = SWEPT[key].walked, SWEPT[key].under
        if work is not None:
            assert analysis is not None
            cells.append(work(analysis))
        elif under is not None:
            cells.append(None if roof is None else under(roof))
        else:
            value = found.figure(_TOTALS_KEYS.get(key, key))
            cells.append(_cell(value, key, spec, settings, inputs))
    return cells


_TOTALS_KEYS = {"output_shape": "shape"}


def _cell(value: FigureValue, key: str, spec: Spec, settings: Settings, inputs: Inputs | None) -> Cell:
    if isinstance(value, Unknown):
        return None
    if value == WHOLE:
        return _extent(spec, settings, inputs) if key == "receptive_field" else WHOLE
    if SWEPT[key].kind == "text":
        assert isinstance(value, tuple)
        return "x".join("" if each is None else str(each) for each in value)
    cell: Any = value
    return cell  # type: ignore[no-any-return]


def _extent(spec: Spec, settings: Settings, inputs: Inputs | None) -> tuple[int, ...]:
    """Return the size of the whole input that receptive fields are on."""
    shapes = spec.inputs | (named_inputs(inputs, spec.inputs) if inputs is not None else {})
    shape = shapes[settings.fields_of] if settings.fields_of else next(iter(shapes.values()))
    return tuple(places(shape))
