"""Layers that are one layer of the catalogue together, where operators have no word for it.

What is looked at are layers, not nodes, so it does not matter which operators an exporter had for them. The
last layer of a group becomes the whole; the others are left out, as nobody else reads them.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.base.axes import MOST_AXES
from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.layers import names_of
from cnnstat.importers.onnx.shuffles import shuffle_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape

_SLOPE, _AMPLITUDE = 2 / 3, 1.7159
"""The defaults of `scaled_tanh`: two thirds are another number in float32."""
_EPS = 1e-5
"""The default of `batch_norm`: with a variance of so much less than 1 it divides by 1."""


def grouped(built: list[Built], ends: Sequence[int], inputs: dict[str, Shape]) -> None:
    """Put a layer in place of the last of each group."""
    _Groups(built, ends, inputs).apply()


class _Groups:
    def __init__(self, built: list[Built], ends: Sequence[int], inputs: dict[str, Shape]) -> None:
        self.built, self.inputs = built, inputs
        # a parameter reads the number of samples, and no values
        read = (each.reads for each in built if each.type != "parameter")
        self.readers = Counter(chain.from_iterable(read))
        self.readers.update(ends)
        self.readers.update(each.weights for each in built if each.weights is not None)

    def apply(self) -> None:
        rules = {
            "power": (self._scaled_tanh, self._scaled_product),
            "matmul": (self._turned_product,),
            "reshape": (self._shuffle, self._along_a_row, self._whole_map),
            "add": (self._subsample, self._norm),
            "max_pool": (self._steps, self._padded),
            "zero_pad_shortcut": (self._shortcut,),
            "concat": (self._pyramid,),
            "multiply": (self._response_norm, self._gate),
            "reduce": (self._distance,),
            **dict.fromkeys(("conv", "depthwise_conv"), (self._padded,)),
        }
        for number in range(len(self.built)):
            for rule in rules.get(self.built[number].type, ()):
                layer = self.built[number]
                found = None if layer.kept else rule(layer)
                if found is not None:
                    self.readers.subtract(layer.reads)
                    self.readers.update(found.reads)
                    self.built[number] = found

    def _before(self, layer: Built, kind: str, place: int = 0, **options: Any) -> Built | None:
        """Return what a layer reads if it is of this kind, has these options alone, and nobody else reads it.

        An option of None may have any value.
        """
        source = layer.reads[place]
        if not isinstance(source, int) or self.readers[source] != 1:
            return None
        found = self.built[source]
        if found.type != kind or found.kept or not found.options.keys() <= options.keys():
            return None
        wrong = any(value is not None and found.options.get(name) != value for name, value in options.items())
        return None if wrong else found

    def _shape(self, source: int | str) -> Shape:
        return self.inputs[source] if isinstance(source, str) else self.built[source].shape

    def _as(self, last: Built, kind: str, reads: list[int | str], **more: Any) -> Built:
        return replace(last, type=kind, kind=kind, reads=reads, **{"options": {}, "tensors": {}, **more})

    def _scaled_tanh(self, layer: Built) -> Built | None:
        """A·tanh(S·x)."""
        if layer.options.keys() != {"scale"}:
            return None
        tanh = self._before(layer, "tanh")
        line = self._before(tanh, "power", scale=None) if tanh else None
        if line is None:
            return None
        numbers = {
            "slope": (line.options["scale"], _SLOPE),
            "amplitude": (layer.options["scale"], _AMPLITUDE),
        }
        options = {name: value for name, (value, usual) in numbers.items() if abs(value - usual) > 1e-6}
        if not all(value > 0 for value, _ in numbers.values()):
            return None
        return self._as(layer, "scaled_tanh", line.reads, options=options)

    def _scaled_product(self, layer: Built) -> Built | None:
        """A number times a product of matrices."""
        product = self._before(layer, "matmul", transpose_a=None, transpose_b=None)
        if product is None or layer.options.keys() != {"scale"} or layer.options["scale"] <= 0:
            return None
        options = {**product.options, "scale": layer.options["scale"]}
        return replace(product, options=options)

    def _turned_product(self, layer: Built) -> Built | None:
        """A product of matrices one of which is turned before."""
        rank = len(layer.shape)
        swapped = [*range(rank - 2), rank - 1, rank - 2]
        reads, options = [*layer.reads], {**layer.options}
        for place, name in enumerate(("transpose_a", "transpose_b")):
            turned = self._before(layer, "permute", place, order=swapped)
            if turned is not None and name not in options:
                reads[place], options[name] = turned.reads[0], True
        return replace(layer, reads=reads, options=options) if options != layer.options else None

    def _shuffle(self, layer: Built) -> Built | None:
        """Channels that are dealt out, or exchanged with places."""
        turned = self._before(layer, "permute", order=None)
        parted = self._before(turned, "reshape", shape=None) if turned else None
        if turned is None or parted is None:
            return None
        order = [0, *(axis + 1 for axis in turned.options["order"])]
        found = shuffle_of(self._shape(parted.reads[0]), parted.shape, order, layer.shape)
        kinds = {
            "channel_shuffle": ("channel_shuffle", "groups", "groups"),
            "pixel_unshuffle": ("pixel_unshuffle", "factor", "blocksize"),
            "DepthToSpace": ("pixel_shuffle", "factor", "blocksize"),
        }
        if found is None or found[0] not in kinds or found[2].get("mode") == b"DCR":
            return None
        kind, option, key = kinds[found[0]]
        return self._as(layer, kind, parted.reads, options={option: found[2][key]})

    def _along_a_row(self, layer: Built) -> Built | None:
        """A pool of a signal that is a map of one row meanwhile."""
        source = layer.reads[0]
        pool = self.built[source] if isinstance(source, int) and self.readers[source] == 1 else None
        row = self._before(pool, "reshape", shape=None) if pool and len(pool.reads) == 1 else None
        if pool is None or row is None or len(self._shape(row.reads[0])) != 2:
            return None
        channels, length = self._shape(row.reads[0])
        if row.shape != (channels, 1, length) and row.shape != (channels, length, 1):
            return None
        place = 1 if row.shape[1] == 1 else 0
        if layer.shape != (channels, pool.shape[1 + place]) or pool.shape[2 - place] != 1:
            return None
        if (
            not pool.type.endswith("_pool")
            or pool.type == "spatial_pyramid_pool"
            or "padding" in pool.options
        ):
            return None
        options = {
            name: value if not isinstance(value, list) else value[place]
            for name, value in pool.options.items()
        }
        across = [value[1 - place] for value in pool.options.values() if isinstance(value, list)]
        sizes = ("kernel", "size")
        if any(each != 1 for each in across) or any(
            isinstance(pool.options.get(n), int) and pool.options[n] != 1 for n in sizes
        ):
            return None
        return replace(pool, reads=row.reads, options=options, shape=layer.shape)

    def _whole_map(self, layer: Built) -> Built | None:
        """The mean or the maximum of a map, as a map of one place."""
        row = self._before(layer, "reshape", shape=None) or layer
        kind = {"mean": "global_avg_pool", "max": "global_max_pool"}
        for mode, pool in kind.items():
            found = self._before(row, "reduce", axes=None, keepdims=False, mode=None)
            if (
                found is None
                or found.options.get("keepdims", True)
                or found.options.get("mode", "mean") != mode
            ):
                continue
            before = self._shape(found.reads[0])
            axes = [*names_of(before)[1:]]
            if found.options["axes"] == axes and layer.shape == (before[0], *(1 for _ in axes)):
                return self._as(layer, pool, found.reads)
        return None

    def _affine(self, layer: Built) -> tuple[Built | None, Built | None]:
        """Return what is added: something scaled map by map, and a number for each map."""
        for place in (0, 1):
            scaled = self._before(layer, "scale", place)
            bias = self._before(layer, "parameter", 1 - place, shape=None)
            if scaled is not None and bias is not None and scaled.weights is None and bias.weights is None:
                maps = (scaled.shape[0], *(1,) * (len(scaled.shape) - 1))
                return (scaled, bias) if bias.shape == maps and layer.shape == scaled.shape else (None, None)
        return None, None

    def _norm(self, layer: Built) -> Built | None:
        """A batch norm as TensorFlow has it for inference: its statistics are in its scale and shift."""
        scaled, bias = self._affine(layer) if len(layer.reads) == 2 and layer.fused else (None, None)
        if scaled is None or bias is None or not scaled.fused:
            return None
        import numpy as np  # noqa: PLC0415

        maps = scaled.shape[:1]
        tensors = {
            "weight": scaled.tensors["weight"],
            "bias": _reshaped(bias.tensors["weight"], maps),
            "running_mean": TensorAt("", (), np.zeros(maps, np.float32)),
            "running_var": TensorAt("", (), np.full(maps, 1 - _EPS, np.float32)),
        }
        return self._as(layer, "batch_norm", scaled.reads, tensors=tensors)

    def _subsample(self, layer: Built) -> Built | None:
        """The sum of each window, times a coefficient for each map, plus a bias for each map."""
        if len(layer.reads) != 2:
            return None
        scaled, bias = self._affine(layer)
        total = self._before(scaled, "power", scale=None) if scaled else None
        pool = self._before(total, "avg_pool", kernel=None, stride=None, rounding=None) if total else None
        if scaled is None or bias is None or total is None or pool is None:
            return None
        maps = scaled.shape[0]
        kernel = pool.options["kernel"]
        area = kernel ** (len(pool.shape) - 1) if isinstance(kernel, int) else prod(kernel)
        if total.options["scale"] != area:
            return None
        tensors = {"weight": scaled.tensors["weight"], "bias": _reshaped(bias.tensors["weight"], (maps,))}
        options = {} if pool.options == {"kernel": 2} else pool.options
        return self._as(layer, "subsample", pool.reads, options=options, tensors=tensors)

    def _steps(self, layer: Built) -> Built | None:
        """Every n-th place along one axis after the other."""
        if layer.options.keys() != {"kernel", "stride"} or layer.options["kernel"] != 1:
            return None
        before = self._before(layer, "max_pool", kernel=1, stride=None)
        if before is None or "stride" not in before.options:
            return None
        rank = len(layer.shape) - 1
        both = [_spread(each.options["stride"], rank) for each in (before, layer)]
        stride = [a * b for a, b in zip(*both, strict=True)]
        return replace(layer, reads=before.reads, options={"kernel": 1, "stride": _compact(stride)})

    def _shortcut(self, layer: Built) -> Built | None:
        """Every n-th place, and maps of zeros behind."""
        taken = self._before(layer, "max_pool", kernel=1, stride=None)
        if taken is None or "stride" in layer.options:
            return None
        options = {**layer.options, "stride": taken.options.get("stride", 1)}
        return replace(layer, reads=taken.reads, options=options)

    def _padded(self, layer: Built) -> Built | None:
        """A frame that the module of a window puts around its input."""
        if "padding" in layer.options:
            return None
        frame = self._before(layer, "pad", padding=None, value=None)
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

    def _pyramid(self, layer: Built) -> Built | None:
        """Bins of several grids over one map, as one vector."""
        if layer.options or len(layer.reads) < 2 or len(layer.shape) != 1:
            return None
        levels: list[Any] = []
        modes: set[Any] = set()
        ways: set[Any] = set()
        sources: set[int | str] = set()
        for place in range(len(layer.reads)):
            flat = self._before(layer, "flatten", place)
            if flat is None or not isinstance(flat.reads[0], int) or self.readers[flat.reads[0]] != 1:
                return None
            pool = self.built[flat.reads[0]]
            found = _level(pool, self._shape(pool.reads[0]) if pool.reads else ())
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
        return self._as(layer, "spatial_pyramid_pool", [*sources], options=options)

    def _response_norm(self, layer: Built) -> Built | None:
        """x/(k + alpha/size·sum of squares of channels nearby)^beta, as PyTorch works it out."""
        if len(layer.reads) != 2 or layer.options:
            return None
        x = layer.reads[0]
        powers: list[dict[str, Any]] = []
        at = self._before(layer, "power", 1, scale=None, shift=None, exponent=None)
        while at is not None:
            powers.append(at.options)
            last, at = at, self._before(at, "power", 0, scale=None, shift=None, exponent=None)
        if not powers:
            return None
        line = _line(powers[::-1])
        source = last.reads[0]
        mean = self._windows(source, x)
        if line is None or mean is None:
            return None
        alpha, k, beta = line
        options = {"size": mean, "alpha": alpha, "beta": beta, "k": k, "divide_alpha": True}
        return self._as(layer, "local_response_norm", [x], options=options)

    def _windows(self, source: int | str, x: int | str) -> int | None:
        """Return of how many channels a value is the mean of squares of another one."""
        shape = self._shape(x)
        pieces: list[Built] = []
        while isinstance(source, int) and self.readers[source] == 1 and len(pieces) < 6:
            pieces.append(self.built[source])
            source = pieces[-1].reads[0]
            if pieces[-1].type == "multiply":
                break
        kinds = [each.type for each in pieces if each.type != "reshape"]
        if kinds not in (["avg_pool", "pad", "multiply"], ["avg_pool", "multiply"]):
            return None
        if pieces[-1].reads != [x, x] or pieces[0].shape != shape:
            return None
        pool = next(each for each in pieces if each.type == "avg_pool")
        kernel, stride = pool.options["kernel"], pool.options.get("stride")
        size = kernel if isinstance(kernel, int) else kernel[0]
        frame = next((each.options for each in pieces if each.type == "pad"), pool.options).get("padding", 0)
        rank = len(pool.shape) - 1
        wanted = [0] * (2 * rank)
        wanted[:2] = size // 2, (size - 1) // 2
        whole = _spread(frame, 2 * rank) if isinstance(frame, int) else [*frame]
        whole = whole if len(whole) == 2 * rank else [each for side in whole for each in (side, side)]
        flat = isinstance(kernel, int) or all(each == 1 for each in kernel[1:])
        fits = flat and whole == wanted and stride in (None, 1) and pool.options.get("count_padding", True)
        return size if fits and pool.shape[1:2] == shape[:1] else None

    def _gate(self, layer: Built) -> Built | None:
        """One half of an axis times the sigmoid of the other."""
        if len(layer.reads) != 2 or layer.options:
            return None
        gate = self._before(layer, "sigmoid", 1)
        halves = [
            self.built[n] if isinstance(n, int) else None
            for n in (layer.reads[0], gate.reads[0] if gate else "")
        ]
        if any(each is None or each.type not in ("split", "slice") for each in halves):
            return None
        first, second = (each for each in halves if each is not None)
        if self.readers[layer.reads[0]] != 1 or first.reads != second.reads or first is second:
            return None
        name = first.options.get("axis", "channels")
        takes = [_half(each, self._shape(each.reads[0])) for each in (first, second)]
        if takes != [0, 1] or second.options.get("axis", "channels") != name:
            return None
        return self._as(layer, "glu", first.reads, options={} if name == "channels" else {"axis": name})

    def _squared(self, source: int | str) -> Built | None:
        """Return the difference that a value is the square of, if nobody else reads either."""
        if not isinstance(source, int) or self.readers[source] != 1:
            return None
        square = self.built[source]
        inner = square.reads[0] if square.reads else ""
        power = square.type == "power" and square.options == {"exponent": 2}
        product = square.type == "multiply" and square.reads == [inner, inner]
        if not isinstance(inner, int) or not (power or product) or self.readers[inner] != 1 + product:
            return None
        return self.built[inner] if self.built[inner].type == "subtract" else None

    def _distance(self, layer: Built) -> Built | None:
        """The squared distance of a vector from each of some codes."""
        if layer.options.get("mode") != "sum" or layer.options.get("keepdims", True) or len(layer.shape) != 1:
            return None
        apart = self._squared(layer.reads[0])
        codes = None
        if apart is not None and len(apart.reads) == 2:
            codes = self._before(apart, "parameter", 1, shape=None)
        row = self._before(apart, "reshape", 0, shape=None) if apart else None
        if codes is None or row is None or len(codes.shape) != 2 or codes.weights is not None:
            return None
        units, size = codes.shape
        if self._shape(row.reads[0]) != (size,) or row.shape != (1, size) or layer.shape != (units,):
            return None
        return self._as(layer, "rbf", row.reads, options={"units": units}, tensors=codes.tensors)


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
    kernel = _spread(pool.options["kernel"], rank)
    stride = _spread(pool.options.get("stride", pool.options["kernel"]), rank)
    sliding = all(
        (k, s) == (-(-size // count), size // count)
        for k, s, size in zip(kernel, stride, before[1:], strict=True)
    )
    if not sliding:
        return None
    even = all(size % count == 0 for size in before[1:])
    return (count, mode) if even else (count, mode, "sliding")


def _line(powers: list[dict[str, Any]]) -> tuple[float, float, float] | None:
    """Return a, k and b of (k + a·x)^-b, which several powers one behind the other are."""
    scale, shift, exponent = 1.0, 0.0, 1.0
    for each in powers:
        if exponent == 1:
            scale *= each.get("scale", 1)
            shift = shift * each.get("scale", 1) + each.get("shift", 0)
        elif each.keys() != {"exponent"}:
            return None
        exponent *= each.get("exponent", 1)
    return (scale, shift, -exponent) if exponent < 0 and shift > 0 else None


def _half(layer: Built, before: Shape) -> int | None:
    """Return which half of an axis a layer takes, None for another part."""
    if layer.type == "split":
        return layer.options["take"] if layer.options["parts"] == 2 else None
    start, axis = layer.options.get("start", 0), layer.options.get("axis", "channels")
    place = 0 if axis == "channels" else None
    if place is None or 2 * layer.shape[place] != before[place]:
        return None
    return {0: 0, layer.shape[place]: 1}.get(start)


def _beyond(padding: Any, kernel: Any) -> bool:
    """Say whether a frame is wider than a pool may have it."""
    rank = MOST_AXES
    widest = padding if isinstance(padding, int) else max(padding)
    return bool(widest >= min(_spread(kernel, rank)))


def _spread(size: Any, rank: int) -> list[int]:
    return [size] * rank if isinstance(size, int) else [*size]


def _compact(sizes: Sequence[int]) -> int | list[int]:
    return sizes[0] if len({*sizes}) == 1 else [*sizes]


def _reshaped(at: TensorAt, shape: tuple[int, ...]) -> TensorAt:
    return TensorAt(at.key, (*at.turns, ("reshape", shape)), at.array)
