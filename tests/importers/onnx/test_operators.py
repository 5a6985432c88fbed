"""Each operator as a layer: the executor's numbers are those of ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

pytest.importorskip("onnxruntime")

import numpy as np

import cnnstat
from tests.importers.onnx.graphs import Nodes, model_of, ours, saved, theirs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.exchange


class Case(NamedTuple):
    """Nodes, the shape of `x`, constants, the types of the layers they are, and the opset."""

    nodes: Nodes
    x: Any
    constants: dict[str, Any]
    types: str
    opset: int = 20


def ints(*values: int) -> Any:
    return np.array(values, np.int64)


def floats(*values: float) -> Any:
    return np.array(values, np.float32)


X = (1, 4, 7, 6)
ROW = (1, 5)
TOKENS = (1, 5, 6)
K3: dict[str, Any] = {"kernel_shape": [3, 3]}


def one(op: str, more: dict[str, Any] | None = None, *, inputs: str = "x") -> Nodes:
    return [(op, inputs, "y", more or {})]


CASES = {
    "conv": Case(
        one("Conv", {"pads": [1, 0, 2, 1], "strides": [2, 1]}, inputs="x w b"),
        X,
        {"w": (6, 4, 3, 2), "b": (6,)},
        "conv",
    ),
    "conv groups": Case(
        one("Conv", {"group": 2, "dilations": [2, 1]}, inputs="x w"), X, {"w": (6, 2, 3, 2)}, "conv"
    ),
    "conv same": Case(
        one("Conv", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, inputs="x w"),
        X,
        {"w": (6, 4, 3, 3)},
        "conv",
    ),
    "conv same lower": Case(
        one("Conv", {"auto_pad": "SAME_LOWER", "strides": [2, 2]}, inputs="x w"),
        X,
        {"w": (6, 4, 3, 3)},
        "conv",
    ),
    "conv 1d": Case(one("Conv", {"pads": [1, 2]}, inputs="x w"), (1, 3, 9), {"w": (5, 3, 4)}, "conv"),
    "conv 3d": Case(
        one("Conv", {"pads": [0, 1, 1, 1, 1, 0]}, inputs="x w"),
        (1, 2, 5, 6, 7),
        {"w": (3, 2, 2, 3, 3)},
        "conv",
    ),
    "depthwise": Case(
        one("Conv", {"group": 4, "pads": [1, 1, 1, 1]}, inputs="x w b"),
        X,
        {"w": (8, 1, 3, 3), "b": (8,)},
        "depthwise_conv",
    ),
    "transposed": Case(
        one(
            "ConvTranspose",
            {"strides": [2, 3], "pads": [1, 0, 0, 1], "output_padding": [1, 0]},
            inputs="x w b",
        ),
        X,
        {"w": (4, 3, 3, 4), "b": (3,)},
        "transposed_conv",
    ),
    "transposed groups": Case(
        one("ConvTranspose", {"group": 2, "strides": [2, 2]}, inputs="x w"),
        X,
        {"w": (4, 3, 2, 2)},
        "transposed_conv",
    ),
    "gemm": Case(one("Gemm", {"transB": 1}, inputs="x w b"), ROW, {"w": (3, 5), "b": (3,)}, "linear"),
    "gemm of tokens": Case(
        [("Reshape", "x s", "a"), ("Gemm", "a w b", "c"), ("Reshape", "c t", "y")],
        TOKENS,
        {"s": ints(5, 6), "w": (6, 3), "b": (3,), "t": ints(1, 5, 3)},
        "linear",
    ),
    "a size as a number of the input's type": Case(
        [
            ("Shape", "x", "s"),
            ("Gather", "s last", "n"),
            ("CastLike", "n x", "f"),
            ("Sqrt", "f", "r"),
            ("Div", "x r", "y"),
        ],
        TOKENS,
        {"last": ints(-1)},
        "power",
    ),
    "gemm untransposed": Case(one("Gemm", inputs="x w"), ROW, {"w": (5, 3)}, "linear"),
    "matmul and add": Case(
        [("MatMul", "x w", "a"), ("Add", "b a", "y")], TOKENS, {"w": (6, 3), "b": (3,)}, "linear"
    ),
    "matmul of a row": Case([("MatMul", "x w", "y")], ROW, {"w": (5, 3)}, "linear"),
    "conv and add": Case(
        [("Conv", "x w", "a"), ("Add", "a b", "y")], X, {"w": (6, 4, 3, 3), "b": (1, 6, 1, 1)}, "conv"
    ),
    "matmul of two": Case(
        [("Transpose", "x", "t", {"perm": [0, 2, 1]}), ("MatMul", "x t", "y")], TOKENS, {}, "matmul"
    ),
    "batch norm": Case(
        one("BatchNormalization", {"epsilon": 1e-3}, inputs="x s b m v"),
        X,
        {"s": (4,), "b": (4,), "m": (4,), "v": floats(1, 2, 0.5, 3)},
        "batch_norm",
    ),
    "layer norm": Case(
        one("LayerNormalization", {"axis": -1}, inputs="x s b"), TOKENS, {"s": (6,), "b": (6,)}, "layer_norm"
    ),
    "layer norm of all": Case(
        one("LayerNormalization", {"axis": 1}, inputs="x s b"),
        X,
        {"s": (4, 7, 6), "b": (4, 7, 6)},
        "layer_norm",
    ),
    "group norm": Case(
        one("GroupNormalization", {"num_groups": 2}, inputs="x s b"),
        X,
        {"s": (4,), "b": (4,)},
        "group_norm",
        21,
    ),
    "instance norm": Case(
        one("InstanceNormalization", inputs="x s b"), X, {"s": (4,), "b": (4,)}, "instance_norm"
    ),
    "lrn": Case(
        one("LRN", {"size": 3, "alpha": 0.3, "beta": 0.5, "bias": 1.5}), X, {}, "local_response_norm"
    ),
    "max pool": Case(one("MaxPool", {**K3, "strides": [2, 2], "pads": [1, 1, 1, 1]}), X, {}, "max_pool"),
    "max pool of stride 1": Case(one("MaxPool", K3), X, {}, "max_pool"),
    "max pool up": Case(one("MaxPool", {**K3, "strides": [2, 2], "ceil_mode": 1}), X, {}, "max_pool"),
    "average pool": Case(
        one("AveragePool", {**K3, "strides": [2, 2], "pads": [1, 1, 1, 1]}), X, {}, "avg_pool"
    ),
    "average pool counts": Case(
        one("AveragePool", {**K3, "pads": [1, 1, 1, 1], "count_include_pad": 1}), X, {}, "avg_pool"
    ),
    "global average": Case(one("GlobalAveragePool"), X, {}, "global_avg_pool"),
    "global max": Case(one("GlobalMaxPool"), X, {}, "global_max_pool"),
    "mean of places": Case(one("ReduceMean", inputs="x a"), X, {"a": ints(2, 3)}, "global_avg_pool"),
    "mean, old": Case(one("ReduceMean", {"axes": [-1, -2], "keepdims": 0}), X, {}, "reduce", 13),
    "max of channels": Case(one("ReduceMax", inputs="x a"), X, {"a": ints(1)}, "reduce"),
    "sum": Case(one("ReduceSum", {"keepdims": 0}, inputs="x a"), X, {"a": ints(2)}, "reduce"),
    "norm of places": Case(
        one("ReduceL2", {"keepdims": 0}, inputs="x a"), X, {"a": ints(2, 3)}, "power reduce power"
    ),
    "norm, old": Case(one("ReduceL2", {"axes": [1]}), X, {}, "power reduce power", 13),
    "sum of what is left of signs": Case(one("ReduceL1", inputs="x a"), X, {"a": ints(-1)}, "abs reduce"),
    "sum of squares": Case(one("ReduceSumSquare", inputs="x a"), X, {"a": ints(1, 2)}, "power reduce"),
    "stretched beside another": Case(
        [
            ("GlobalAveragePool", "x", "a"),
            ("Expand", "a s", "b"),
            ("Mul", "x b", "c"),
            ("Sub", "b c", "y"),
        ],
        X,
        {"s": ints(1, 4, 7, 6)},
        "global_avg_pool multiply subtract",
    ),
    "constants that leave others as they are": Case(
        [
            ("Mul", "one w", "a"),
            ("Mul", "x a", "b"),
            ("Sub", "v none", "c"),
            ("Div", "c one", "d"),
            ("Add", "none d", "e"),
            ("Add", "b e", "y"),
        ],
        (1, 66_000, 1, 1),  # more than is computed
        {"one": floats(1), "none": floats(0), "w": (66_000, 1, 1), "v": (66_000, 1, 1)},
        "scale parameter add",
    ),
    "flatten": Case(one("Flatten"), X, {}, "flatten"),
    "reshape": Case(one("Reshape", inputs="x s"), X, {"s": ints(0, 2, 2, -1)}, "reshape"),
    "squeeze": Case(
        [("GlobalAveragePool", "x", "a"), ("Squeeze", "a b", "y")],
        X,
        {"b": ints(2, 3)},
        "global_avg_pool flatten",
    ),
    "unsqueeze, old": Case(
        [("Relu", "x", "a"), ("Unsqueeze", "a", "y", {"axes": [1]})], TOKENS, {}, "relu reshape", 11
    ),
    "transpose": Case(one("Transpose", {"perm": [0, 2, 3, 1]}), X, {}, "permute"),
    "samples moved": Case(
        [
            ("Transpose", "x", "t", {"perm": [1, 0, 2]}),
            ("Relu", "t", "r"),
            ("Transpose", "r", "y", {"perm": [1, 0, 2]}),
        ],
        TOKENS,
        {},
        "relu",
    ),
    "concat": Case([("Relu", "x", "a"), ("Concat", "a x", "y", {"axis": -1})], X, {}, "relu concat"),
    "concat constant": Case(
        one("Concat", {"axis": 1}, inputs="c x"), TOKENS, {"c": (1, 1, 6)}, "parameter concat"
    ),
    "split": Case(
        [("Split", "x", "a b", {"axis": 1, "num_outputs": 2}), ("Sub", "b a", "y")],
        X,
        {},
        "split split subtract",
    ),
    "split, uneven": Case(
        [("Split", "x s", "a b", {"axis": 1}), ("Concat", "b a", "y", {"axis": 1})],
        X,
        {"s": ints(1, 3)},
        "slice slice concat",
    ),
    "slice": Case(
        one("Slice", inputs="x s e a"),
        X,
        {"s": ints(1, -4), "e": ints(3, 1000), "a": ints(1, 2)},
        "slice slice",
    ),
    "the middle": Case(
        one("Slice", inputs="x s e a"),
        X,
        {"s": ints(1, 1), "e": ints(5, 5), "a": ints(2, 3)},  # 7 to 4: one more behind
        "crop",
    ),
    "margins": Case(
        one("Slice", inputs="x s e a"),
        X,
        {"s": ints(2, 0), "e": ints(-1, -3), "a": ints(2, 3)},
        "crop",
    ),
    "margins in space, one axis alone read elsewhere": Case(
        [
            ("Slice", "x s e a", "b"),
            ("Slice", "b s e c", "d"),
            ("Slice", "d s f g", "h"),
            ("Add", "h d", "y"),
        ],
        (1, 3, 5, 4, 6),
        {"s": ints(1), "e": ints(4), "a": ints(2), "c": ints(3), "f": ints(2), "g": ints(4)},
        "crop slice add",
    ),
    "slice with steps": Case(
        one("Slice", inputs="x s e a t"),
        X,
        {"s": ints(1, 0), "e": ints(99, 99), "a": ints(2, 3), "t": ints(2, 2)},
        "slice max_pool",
    ),
    "slice, old": Case(one("Slice", {"starts": [1], "ends": [3], "axes": [2]}), X, {}, "slice", 9),
    "gather": Case(one("Gather", {"axis": 1}, inputs="x i"), TOKENS, {"i": np.array(0)}, "slice flatten"),
    "add": Case([("Relu", "x", "a"), ("Add", "a x", "y")], X, {}, "relu add"),
    "add broadcast": Case([("GlobalMaxPool", "x", "a"), ("Add", "a x", "y")], X, {}, "global_max_pool add"),
    "add a number": Case(one("Add", inputs="x c"), X, {"c": floats(2.5)}, "power"),
    "add a constant": Case(one("Add", inputs="x c"), TOKENS, {"c": (1, 5, 6)}, "parameter add"),
    "from a number": Case(one("Sub", inputs="c x"), X, {"c": floats(2.5)}, "power"),
    "multiply": Case(
        [("Sigmoid", "x", "a"), ("GlobalMaxPool", "a", "b"), ("Mul", "b x", "y")],
        X,
        {},
        "sigmoid global_max_pool multiply",
    ),
    "scale": Case(one("Mul", inputs="x c"), X, {"c": (4, 1, 1)}, "scale"),
    "multiply places": Case(one("Mul", inputs="x c"), X, {"c": (6,)}, "parameter multiply"),
    "divide": Case(one("Div", inputs="x c"), X, {"c": floats(4)}, "power"),
    "divide by another": Case([("Sigmoid", "x", "a"), ("Div", "x a", "y")], X, {}, "sigmoid power multiply"),
    "maximum": Case([("Neg", "x", "a"), ("Max", "a x", "y")], X, {}, "power maximum"),
    "at least": Case(one("Max", inputs="x c"), X, {"c": floats(0.5)}, "clamp"),
    "power": Case([("Abs", "x", "a"), ("Pow", "a c", "y")], X, {"c": floats(1.5)}, "abs power"),
    "square root": Case([("Abs", "x", "a"), ("Sqrt", "a", "y")], X, {}, "abs power"),
    "clip to relu6": Case(
        one("Clip", inputs="x a b"), X, {"a": np.array(0, np.float32), "b": np.array(6, np.float32)}, "relu6"
    ),
    "clip, old": Case(one("Clip", {"min": -0.5, "max": 0.25}), X, {}, "clamp", 9),
    "leaky relu": Case(one("LeakyRelu", {"alpha": 0.3}), X, {}, "leaky_relu"),
    "prelu": Case(one("PRelu", inputs="x s"), X, {"s": (4, 1, 1)}, "prelu"),
    "prelu of one": Case(one("PRelu", inputs="x s"), X, {"s": (1,)}, "prelu"),
    "elu": Case(one("Elu", {"alpha": 0.7}), X, {}, "elu"),
    "selu": Case(one("Selu"), X, {}, "selu"),
    "softplus": Case(one("Softplus"), X, {}, "softplus"),
    "softsign": Case(one("Softsign"), X, {}, "softsign"),
    "tanh": Case(one("Tanh"), X, {}, "tanh"),
    "hard sigmoid": Case(one("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}), X, {}, "hard_sigmoid"),
    "hard sigmoid of Keras": Case(one("HardSigmoid"), X, {}, "power clamp"),
    "hard swish": Case(one("HardSwish"), X, {}, "hard_swish"),
    "mish": Case(one("Mish"), X, {}, "mish"),
    "gelu": Case(one("Gelu"), X, {}, "gelu"),
    "gelu tanh": Case(one("Gelu", {"approximate": "tanh"}), X, {}, "gelu"),
    "softmax": Case(one("Softmax", {"axis": 2}), X, {}, "softmax"),
    "softmax, old": Case(one("Softmax"), ROW, {}, "softmax", 11),
    "log softmax": Case(one("LogSoftmax", {"axis": 1}), X, {}, "log_softmax"),
    "pad": Case(
        one("Pad", inputs="x p v"),
        X,
        {"p": ints(0, 0, 1, 2, 0, 0, 3, 0), "v": np.array(0.5, np.float32)},
        "pad",
    ),
    "pad reflect, old": Case(
        one("Pad", {"pads": [0, 0, 1, 2, 0, 0, 1, 1], "mode": "reflect"}), X, {}, "pad", 9
    ),
    "pad channels": Case(
        one("Pad", inputs="x p"), X, {"p": ints(0, 0, 0, 0, 0, 3, 0, 0)}, "zero_pad_shortcut"
    ),
    "resize nearest": Case(
        one(
            "Resize",
            {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
            inputs="x  s",
        ),
        X,
        {"s": floats(1, 1, 2, 3)},
        "upsample",
    ),
    "resize half pixel": Case(one("Resize", inputs="x  s"), X, {"s": floats(1, 1, 2, 2)}, "upsample"),
    "resize linear": Case(
        one("Resize", {"mode": "linear"}, inputs="x   t"), X, {"t": ints(1, 4, 14, 9)}, "upsample"
    ),
    "resize corners": Case(
        one("Resize", {"mode": "linear", "coordinate_transformation_mode": "align_corners"}, inputs="x   t"),
        X,
        {"t": ints(1, 4, 14, 9)},
        "upsample",
    ),
    "upsample, old": Case(one("Upsample", inputs="x s"), X, {"s": floats(1, 1, 2, 2)}, "upsample", 9),
    "depth to space": Case(
        one("DepthToSpace", {"blocksize": 2}), (1, 12, 3, 2), {}, "channel_shuffle pixel_shuffle"
    ),
    "pixel shuffle": Case(
        one("DepthToSpace", {"blocksize": 2, "mode": "CRD"}), (1, 12, 3, 2), {}, "pixel_shuffle"
    ),
    "space to depth": Case(
        one("SpaceToDepth", {"blocksize": 2}), (1, 3, 6, 4), {}, "pixel_unshuffle channel_shuffle"
    ),
    "dropped": Case(
        [("Identity", "x", "a"), ("Dropout", "a", "b"), ("Relu", "b", "y")], X, {}, "dropout relu"
    ),
    "shape of a flatten": Case(
        [
            ("Relu", "x", "r"),
            ("Shape", "r", "s"),
            ("Gather", "s i", "n"),
            ("Unsqueeze", "n z", "m"),
            ("Concat", "m k", "t", {"axis": 0}),
            ("Reshape", "r t", "y"),
        ],
        X,
        {"i": np.array(0), "z": ints(0), "k": ints(-1)},
        "relu flatten",
    ),
    "silu": Case([("Sigmoid", "x", "a"), ("Mul", "a x", "y")], X, {}, "silu"),
    "hard swish in pieces": Case(
        [("Add", "x c", "a"), ("Clip", "a z s", "b"), ("Mul", "x b", "d"), ("Div", "d s", "y")],
        X,
        {"c": floats(3), "z": np.array(0, np.float32), "s": np.array(6, np.float32)},
        "hard_swish",
    ),
    "gelu in pieces": Case(
        [
            ("Div", "x r", "a"),
            ("Erf", "a", "b"),
            ("Add", "b o", "c"),
            ("Mul", "x c", "d"),
            ("Mul", "d h", "y"),
        ],
        X,
        {"r": floats(2**0.5), "o": floats(1), "h": floats(0.5)},
        "gelu",
    ),
    "mish in pieces": Case([("Softplus", "x", "a"), ("Tanh", "a", "b"), ("Mul", "x b", "y")], X, {}, "mish"),
    "shuffle": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 2, 1, 3, 4]}),
            ("Reshape", "b t", "y"),
        ],
        X,
        {"s": ints(1, 2, 2, 7, 6), "t": ints(1, 4, 7, 6)},
        "channel_shuffle",
    ),
    "pixel shuffle in pieces": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 1, 4, 2, 5, 3]}),
            ("Reshape", "b t", "y"),
        ],
        (1, 12, 3, 2),
        {"s": ints(1, 3, 2, 2, 3, 2), "t": ints(1, 3, 6, 4)},
        "pixel_shuffle",
    ),
    "depth to space in pieces": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 3, 4, 1, 5, 2]}),
            ("Reshape", "b t", "y"),
        ],
        (1, 12, 3, 2),
        {"s": ints(1, 2, 2, 3, 3, 2), "t": ints(1, 3, 6, 4)},
        "channel_shuffle pixel_shuffle",
    ),
    "pixel unshuffle in pieces": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 1, 3, 5, 2, 4]}),
            ("Reshape", "b t", "y"),
        ],
        (1, 3, 6, 4),
        {"s": ints(1, 3, 3, 2, 2, 2), "t": ints(1, 12, 3, 2)},
        "pixel_unshuffle",
    ),
    "space to depth in pieces": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 3, 5, 1, 2, 4]}),
            ("Reshape", "b t", "y"),
        ],
        (1, 3, 6, 4),
        {"s": ints(1, 3, 3, 2, 2, 2), "t": ints(1, 12, 3, 2)},
        "pixel_unshuffle channel_shuffle",
    ),
    "layer norm in pieces": Case(
        [
            ("ReduceMean", "x", "m", {"axes": [-1]}),
            ("Sub", "x m", "d"),
            ("Pow", "d two", "p"),
            ("ReduceMean", "p", "v", {"axes": [-1]}),
            ("Add", "v eps", "e"),
            ("Sqrt", "e", "r"),
            ("Div", "d r", "n"),
            ("Mul", "n s", "k"),
            ("Add", "k b", "y"),
        ],
        TOKENS,
        {"two": floats(2), "eps": floats(0.01), "s": (6,), "b": (6,)},
        "layer_norm",
        13,
    ),
    "channels last for a while": Case(
        [
            ("Transpose", "x", "t", {"perm": [0, 2, 3, 1]}),
            ("LayerNormalization", "t s b", "n"),
            ("MatMul", "n w", "m"),
            ("Add", "m u", "a"),
            ("Gelu", "a", "g"),
            ("Mul", "g f", "k"),
            ("ReduceMax", "k three", "r"),
            ("Add", "r k", "p"),
            ("Softmax", "p", "q", {"axis": 3}),
            ("Transpose", "q", "z", {"perm": [0, 3, 1, 2]}),
            ("MaxPool", "z", "y", K3),
        ],
        X,
        {"s": (4,), "b": (4,), "w": (4, 5), "u": (5,), "f": (1, 1, 6, 5), "three": ints(3)},
        "layer_norm linear gelu parameter multiply reduce add softmax max_pool",
    ),
    "turned once": Case(
        [("Transpose", "x", "t", {"perm": [0, 2, 1]}), ("Relu", "t", "y")], TOKENS, {}, "permute relu"
    ),
    "number of axes": Case(
        [
            ("Relu", "x", "r"),
            ("Shape", "r", "s"),
            ("Size", "s", "n"),
            ("Cast", "n", "f", {"to": 1}),
            ("Mul", "r f", "y"),
        ],
        X,
        {},
        "relu power",
    ),
    "stacked for a maximum": Case(
        [
            ("Relu", "x", "r"),
            ("Unsqueeze", "x a", "b"),
            ("Unsqueeze", "r a", "c"),
            ("Concat", "b c", "d", {"axis": 0}),
            ("ReduceMax", "d", "y", {"axes": [0], "keepdims": 0}),
        ],
        X,
        {"a": ints(0)},
        "relu maximum",
        17,
    ),
    "a shuffle with a copy": Case(
        [
            ("Reshape", "x s", "a"),
            ("Transpose", "a", "b", {"perm": [0, 1, 3, 5, 2, 4]}),
            ("Identity", "b", "c"),
            ("Reshape", "c t", "y"),
        ],
        (1, 4, 6, 8),
        {"s": ints(1, 4, 3, 2, 4, 2), "t": ints(1, 16, 3, 4)},
        "pixel_unshuffle",
    ),
    "a weight that is reshaped by a stored shape": Case(
        [("Mul", "a b", "c"), ("Reshape", "c s", "w"), ("Conv", "x w", "y")],
        X,
        {"a": (6, 36), "b": (6, 1), "s": ints(6, 4, 3, 3)},
        "parameter conv",
    ),
    "a large constant of several": Case(
        [("Mul", "a b", "c"), ("Add", "c c", "d"), ("Transpose", "d", "w"), ("MatMul", "x w", "y")],
        (1, 260),
        {"a": (260, 260), "b": (260, 1)},
        "parameter linear",
    ),
    "a large constant beside samples": Case(
        [("Add", "a b", "c"), ("Reshape", "c s", "d"), ("Add", "x d", "y")],
        (1, 2, 200, 200),
        {"a": (1, 2, 200, 200), "b": (1, 2, 1, 200), "s": ints(1, 2, 200, 200)},
        "parameter parameter add add",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_the_layers_that_compute_what_it_does(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    model = model_of(case.nodes, case.x, case.constants, opset=case.opset)
    path = saved(model, tmp_path)
    graph = cnnstat.load(path)
    assert " ".join(node.type for node in graph.layers) == case.types
    network, (y,) = ours(path)
    (expected,) = theirs(path, network)
    assert y.shape[1:] == expected.shape[1:] or y.size == expected.size
    np.testing.assert_allclose(y.reshape(-1), expected.reshape(-1), rtol=2e-4, atol=2e-5)
    assert cnnstat.verify(graph).good
