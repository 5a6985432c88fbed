"""The numbers that a spec has under ``values:``, as arrays of the network that they are for."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.base.errors import Problem, Problems
from cnnstat.base.text import suggestion
from cnnstat.tensors.numbers import array_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Executor
    from cnnstat.graph.model import Graph
    from cnnstat.spec.model import Numbers

    Shape: TypeAlias = tuple[int, ...]

DELTA, TARGET = ".delta", ".target"
"""How the names of gradients by an output end, and those of the right class."""


def give(network: Executor, graph: Graph) -> None:
    """Put the weights that are written in a spec in the place of those drawn, and check all that is written.

    Raises:
        SpecError: a name is unknown, a shape differs, or a number is none of the network's type.
    """
    written = graph.spec.family.values
    if not written:
        return
    problems, own = Problems(), network.parameters
    batched = {node.path: node.shape for node in graph.inputs}
    outputs = [graph.name(number) for number in graph.outputs]
    known = [*batched, *own, *(f"{name}{end}" for name in outputs for end in (DELTA, TARGET))]
    for each in written:
        if each.name not in known:
            kinds = "; known: inputs, LAYER.weight and the like, OUTPUT.delta, OUTPUT.target"
            hint = suggestion(each.name, known) or kinds
            problems.add(Problem("values/name", f"nothing is called '{each.name}'{hint}", each.name_span))
        elif each.name in own:
            tensor = own[each.name]
            if _fits(each, tensor.shape, batch=False, problems=problems):
                try:
                    network.load({each.name: array_of(each.numbers, tensor.shape)})
                except ValueError as error:
                    problems.add(Problem("values/type", str(error), each.span))
        elif each.name in batched:
            _fits(each, batched[each.name], batch=True, problems=problems)
        elif each.name.endswith(TARGET):
            _check_target(each, problems)
    problems.stop_if_any()


def written_inputs(graph: Graph) -> dict[str, Array]:
    """Return the inputs that are written in a spec, each a batch.

    Raises:
        SpecError: a shape differs.
    """
    shapes = {node.path: node.shape for node in graph.inputs}
    problems, found = Problems(), {}
    for each in graph.spec.family.values:
        if each.name in shapes and _fits(each, shapes[each.name], batch=True, problems=problems):
            found[each.name] = _batch(each, shapes[each.name])
    problems.stop_if_any()
    return found


def written_deltas(graph: Graph, shapes: Iterable[Shape]) -> tuple[Array | None, ...]:
    """Return the gradients by each output that are written in a spec; None where none is.

    Raises:
        SpecError: a shape differs.
    """
    by_name = {each.name: each for each in graph.spec.family.values}
    problems, found = Problems(), []
    for number, shape in zip(graph.outputs, shapes, strict=True):
        each = by_name.get(f"{graph.name(number)}{DELTA}")
        fits = each is not None and _fits(each, shape, batch=True, problems=problems)
        found.append(_batch(each, shape) if each is not None and fits else None)
    problems.stop_if_any()
    return tuple(found)


def written_targets(graph: Graph, samples: int, classes: int | None) -> tuple[int, ...] | None:
    """Return the right class of each sample, of so many classes, as a spec has them; None where it has none.

    One alone is that of all samples. ``classes`` is None for a network whose loss is over none.

    Raises:
        SpecError: they are no classes, or others than there are samples.
    """
    problems, found = Problems(), None
    for each in graph.spec.family.values:
        if not each.name.endswith(TARGET) or not _check_target(each, problems):
            continue
        count, name = len(each.numbers), f"'{each.name}'"
        if count not in (1, samples):
            problems.add(
                Problem("values/shape", f"{name} has {count} classes for {samples} samples", each.span)
            )
        elif classes is None:
            why = f"{name} needs a loss over classes: a network that ends in one vector"
            problems.add(Problem("values/name", why, each.name_span))
        elif max(each.numbers) >= classes:
            why = f"{name}: the classes are 0 to {classes - 1}, got {max(each.numbers):g}"
            problems.add(Problem("values/type", why, each.span))
        else:
            found = tuple(int(number) for number in each.numbers) * (samples if count == 1 else 1)
    problems.stop_if_any()
    return found


def _check_target(each: Numbers, problems: Problems) -> bool:
    """Say whether numbers are classes, one or a row of them."""
    wrong = next((number for number in each.numbers if number < 0 or number % 1 != 0), None)
    if wrong is not None:
        problems.add(Problem("values/type", f"'{each.name}' is a class from 0 on, got {wrong:g}", each.span))
    elif len(_long(each.shape)) > 1:
        got = "x".join(map(str, each.shape))
        problems.add(
            Problem("values/shape", f"'{each.name}' is a class for each sample, got {got}", each.span)
        )
    else:
        return True
    return False


def _fits(each: Numbers, wanted: Shape, *, batch: bool, problems: Problems) -> bool:
    """Say whether numbers are of a shape, of which axes of 1 may be left out; a single one is that of all."""
    samples = _samples(each.shape, wanted)
    if samples == 1 or (batch and samples):
        return True
    sizes = "x".join(map(str, wanted))
    got = "x".join(map(str, each.shape))
    problems.add(Problem("values/shape", f"'{each.name}' is {sizes}, got {got}", each.span))
    return False


def _long(shape: Shape) -> Shape:
    return tuple(size for size in shape if size > 1)


def _samples(given: Shape, wanted: Shape) -> int:
    """Return how many samples of a shape numbers of another are; 0 for none that fits."""
    if prod(given) == 1 or _long(given) == _long(wanted):
        return 1
    return given[0] if _long(given[1:]) == _long(wanted) else 0


def _batch(each: Numbers, shape: Shape) -> Array:
    return array_of(each.numbers, (_samples(each.shape, shape), *shape))
