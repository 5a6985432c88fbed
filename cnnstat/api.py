"""The Python face: load a spec, analyze it, compare it with another, try it at other sizes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cnnstat import spec_file
from cnnstat.analysis import Analysis, analyze_graph
from cnnstat.analysis.memory import BYTES, OPTIMIZER_STATE
from cnnstat.analysis.model import Settings
from cnnstat.errors import ArgumentError, Misfit, Problem, Source, SpecError
from cnnstat.graph import Graph, build
from cnnstat.limits import MAX_SIZE, is_size
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.analysis.difference import Difference
    from cnnstat.analysis.sizes import Sweep


def load(spec: str | Path, *, params: Mapping[str, object] | None = None) -> Graph:
    """Read a spec into a graph.

    ``spec`` is a path, ``-`` for standard input, or the name of a bundled architecture (``lenet5`` or
    ``lenet5.yaml``); a path that exists comes first. ``family.yaml#name`` is a variant. ``params``
    replace parameters of the network.

    Raises:
        SpecError: the file cannot be read, or the spec is wrong; it has every problem with its place.
        ValueError: a parameter's value is none that a spec could have.
    """
    text, name, variant = spec_file.read(str(spec))
    return loads(text, name, variant=variant, params=params)


def loads(
    text: str,
    name: str = "<string>",
    *,
    variant: str | None = None,
    params: Mapping[str, object] | None = None,
) -> Graph:
    """Read a spec from text; ``name`` stands before line and column in problems.

    Raises:
        SpecError: the spec is wrong, or has no such variant or parameter.
        ValueError: a parameter's value is none that a spec could have.
    """
    return build(choose(read_family(Source(name, text)), variant, params or {}))


def analyze(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: str = "momentum",
    strict: bool = False,
) -> Analysis:
    """Tell every figure of a network.

    ``params`` replace parameters of the network (of a spec that is not loaded yet), ``input_shape`` its
    input (one sample, channels first). ``batch``, ``dtype`` and ``optimizer`` (sgd, momentum or adam)
    matter to memory only. ``strict`` refuses sizes that are not whole.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    graph = loaded(spec, params)
    if input_shape is not None:
        check_shape(input_shape)
    settings = _settings(batch, dtype, optimizer)
    return analyze_graph(graph, input_shape=input_shape, strict=strict, settings=settings)


def diff(
    a: Graph | str | Path,
    b: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    optimizer: str = "momentum",
    strict: bool = False,
    depth: int | None = None,
) -> Difference:
    """Compare two networks layer by layer, aligned by name and structure.

    ``params`` replace parameters of B alone, ``input_shape`` is the input of both. Blocks below ``depth``
    levels are compared as wholes. The rest is as for `analyze`.

    Raises:
        SpecError: a spec is wrong, or a layer does not fit its input; it has the problems of both.
        ValueError: an argument is out of range.
    """
    if depth is not None:
        check_count("depth", depth)
    told = partial(
        analyze, input_shape=input_shape, batch=batch, dtype=dtype, optimizer=optimizer, strict=strict
    )
    from cnnstat.analysis.difference import compare  # noqa: PLC0415 - `summary` starts without it

    found: list[Analysis] = []
    problems: list[Problem] = []
    for spec, replaced in ((a, None), (b, params)):
        try:
            found.append(told(spec, params=replaced))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    before, after = found
    return compare(before, after, depth)


def sizes(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    input_shape: tuple[int, ...] | None = None,
    first: int | tuple[int, ...] | None = None,
    last: int | tuple[int, ...] | None = None,
    step: int | None = None,
    batch: int = 1,
    dtype: str = "float32",
    strict: bool = False,
) -> Sweep:
    """Try a network at other input sizes: which it accepts, what each costs, and who refuses the others.

    ``first`` and ``last`` are height and width, a length, or one number for every axis; without them, each
    size up to twice the network's own is tried. ``input_shape`` is what counts as the network's own input.
    The rest is as for `analyze`.

    Raises:
        SpecError: the spec is wrong, or neither its own size nor any other is accepted.
        ValueError: an argument is out of range, or there are no such sizes or too many.
    """
    from cnnstat.analysis.ranges import between  # noqa: PLC0415 - as above
    from cnnstat.analysis.sizes import sweep  # noqa: PLC0415

    graph = loaded(spec, params)
    if input_shape is not None:
        check_shape(input_shape)
    if step is not None:
        check_count("step", step)
    settings = _settings(batch, dtype)
    shape = input_shape or graph.spec.input_shape
    try:
        steps = between(graph, shape[1:], _size("first", first), _size("last", last), step)
    except Misfit as misfit:
        raise ArgumentError(misfit.message) from None
    return sweep(graph, steps, input_shape=shape, strict=strict, settings=settings)


def _size(name: str, size: int | tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return a size as a tuple.

    Raises:
        ArgumentError: it has no axis, or one is out of range.
    """
    axes = (size,) if isinstance(size, int) else size
    good = isinstance(axes, tuple) and axes and all(map(is_size, axes))
    if axes is not None and not good:
        raise ArgumentError(f"{name}: expected one size or a tuple, from 1 to {MAX_SIZE:,}, got {size!r}")
    return axes


def _settings(batch: int, dtype: str, optimizer: str = "momentum") -> Settings:
    """Return what memory is told for.

    Raises:
        ArgumentError: one of them is out of range.
    """
    check_count("batch", batch)
    for name, value, known in (("dtype", dtype, BYTES), ("optimizer", optimizer, OPTIMIZER_STATE)):
        if value not in known:
            raise ArgumentError(f"{name}: expected one of {', '.join(known)}, got {value!r}")
    return Settings(batch, dtype, optimizer)


def loaded(spec: Graph | str | Path, params: Mapping[str, object] | None = None) -> Graph:
    """Return a graph as it is, or load a spec.

    Raises:
        SpecError: the spec is wrong.
        ValueError: parameters are given for a graph, where they are settled.
    """
    if not isinstance(spec, Graph):
        return load(spec, params=params)
    if params:
        raise ArgumentError("params: a loaded graph has its parameters; give them to load()")
    return spec


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuse what is no input shape.

    Raises:
        ValueError: there are not one to three sizes, or one is out of range.
    """
    if not 1 <= len(shape) <= 3 or not all(map(is_size, shape)):
        raise ArgumentError(f"input_shape: expected one to three sizes from 1 to {MAX_SIZE:,}, got {shape}")


def check_count(name: str, value: int) -> None:
    """Refuse what is no whole number of 1 or more.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ArgumentError(f"{name}: expected 1 or more, got {value!r}")
