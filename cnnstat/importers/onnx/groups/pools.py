"""Pools and windows: what is around them is part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.base.axes import MOST_AXES
from cnnstat.importers.onnx.axes import compact, names_of
from cnnstat.importers.onnx.groups.near import Near, changed, spread

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape


def steps(near: Near, layer: Built) -> Built | None:
    """Every n-th place along one axis after the other."""
    if layer.options.keys() != {"kernel", "stride"} or layer.options["kernel"] != 1:
        return None
    before = near.before(layer, "max_pool", kernel=1, stride=None)
    if before is None or "stride" not in before.options:
        return None
    rank = len(layer.shape) - 1
    both = [spread(each.options["stride"], rank) for each in (before, layer)]
    stride = [a * b for a, b in zip(*both, strict=True)]
    return replace(layer, reads=before.reads, options={"kernel": 1, "stride": compact(stride)})


def shortcut(near: Near, layer: Built) -> Built | None:
    """Every n-th place, and maps of zeros behind."""
    taken = near.before(layer, "max_pool", kernel=1, stride=None)
    if taken is None or "stride" in layer.options:
        return None
    options = {**layer.options, "stride": taken.options.get("stride", 1)}
    return replace(layer, reads=taken.reads, options=options)


def padded(near: Near, layer: Built) -> Built | None:
    """A frame that the module of a window puts around its input."""
    if "padding" in layer.options:
        return None
    frame = near.before(layer, "pad", padding=None, value=None)
    lowest = layer.type == "max_pool"
    if frame is None or not frame.path or frame.path != layer.path:
        return None
    value = frame.options.get("value", 0)
    if value > -1e30 if lowest else value:
        return None
    if lowest and _beyond(frame.options["padding"], layer.options["kernel"]):
        return None
    padding = frame.options["padding"]
    return replace(layer, reads=frame.reads, options={**layer.options, "padding": padding})


def pyramid(near: Near, layer: Built) -> Built | None:
    """Bins of several grids over one map, as one vector."""
    if layer.options or len(layer.reads) < 2 or len(layer.shape) != 1:
        return None
    levels: list[Any] = []
    modes: set[Any] = set()
    ways: set[Any] = set()
    sources: set[int | str] = set()
    for place in range(len(layer.reads)):
        flat = near.before(layer, "flatten", place)
        if flat is None or not isinstance(flat.reads[0], int) or near.readers[flat.reads[0]] != 1:
            return None
        pool = near.built[flat.reads[0]]
        found = _level(pool, near.shape(pool.reads[0]) if pool.reads else ())
        if found is None:
            return None
        levels.append(found[0])
        modes.add(found[1])
        ways.update(found[2:])
        sources.add(pool.reads[0])
    if len(modes) != 1 or len(ways) > 1 or len(sources) != 1:
        return None
    options: dict[str, Any] = {"levels": levels}
    options |= {} if modes == {"max"} else {"mode": "avg"}
    options |= {"bins": "adaptive"} if ways == {"adaptive"} else {}
    return changed(layer, "spatial_pyramid_pool", [*sources], options=options)


def along_a_row(near: Near, layer: Built) -> Built | None:
    """A pool of a signal that is a map of one row meanwhile."""
    source = layer.reads[0]
    pool = near.built[source] if isinstance(source, int) and near.readers[source] == 1 else None
    row = near.before(pool, "reshape", shape=None) if pool and len(pool.reads) == 1 else None
    if pool is None or row is None or len(near.shape(row.reads[0])) != 2:
        return None
    channels, length = near.shape(row.reads[0])
    if row.shape != (channels, 1, length) and row.shape != (channels, length, 1):
        return None
    place = 1 if row.shape[1] == 1 else 0
    if layer.shape != (channels, pool.shape[1 + place]) or pool.shape[2 - place] != 1:
        return None
    if not pool.type.endswith("_pool") or pool.type == "spatial_pyramid_pool" or "padding" in pool.options:
        return None
    options = {
        name: value if not isinstance(value, list) else value[place] for name, value in pool.options.items()
    }
    across = [value[1 - place] for value in pool.options.values() if isinstance(value, list)]
    sizes = ("kernel", "size")
    if any(each != 1 for each in across) or any(
        isinstance(pool.options.get(n), int) and pool.options[n] != 1 for n in sizes
    ):
        return None
    return replace(pool, reads=row.reads, options=options, shape=layer.shape)


def whole_map(near: Near, layer: Built) -> Built | None:
    """The mean or the maximum of a map, as a map of one place."""
    row = near.before(layer, "reshape", shape=None) or layer
    kind = {"mean": "global_avg_pool", "max": "global_max_pool"}
    for mode, pool in kind.items():
        found = near.before(row, "reduce", axes=None, keepdims=False, mode=None)
        if found is None or found.options.get("keepdims", True) or found.options.get("mode", "mean") != mode:
            continue
        before = near.shape(found.reads[0])
        axes = [*names_of(before)[1:]]
        if found.options["axes"] == axes and layer.shape == (before[0], *(1 for _ in axes)):
            return changed(layer, pool, found.reads)
    return None


def _level(pool: Built, before: Shape) -> tuple[str | int, ...] | None:
    """Return the bins of one grid, what is kept of each, and which way they are laid, where it shows."""
    kinds = {"global_max_pool": "max", "global_avg_pool": "avg"}
    if pool.type in kinds:
        return 1, kinds[pool.type]
    counts = {*pool.shape[1:]}
    if len(counts) != 1 or pool.type.rpartition("_")[0].removeprefix("adaptive_") not in ("max", "avg"):
        return None
    count = counts.pop()
    mode = "max" if "max" in pool.type else "avg"
    if pool.type.startswith("adaptive"):
        return count, mode, "adaptive"
    rank = len(before) - 1
    if not pool.options.keys() <= {"kernel", "stride"}:
        return None
    kernel = spread(pool.options["kernel"], rank)
    stride = spread(pool.options.get("stride", pool.options["kernel"]), rank)
    sliding = all(
        (k, s) == (-(-size // count), size // count)
        for k, s, size in zip(kernel, stride, before[1:], strict=True)
    )
    if not sliding:
        return None
    even = all(size % count == 0 for size in before[1:])
    return (count, mode) if even else (count, mode, "sliding")


def _beyond(padding: Any, kernel: Any) -> bool:
    """Say whether a frame is wider than a pool may have it."""
    rank = MOST_AXES
    widest = padding if isinstance(padding, int) else max(padding)
    return bool(widest >= min(spread(kernel, rank)))
