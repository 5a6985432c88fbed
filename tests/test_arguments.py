"""Wrong arguments from Python are refused as errors of the project's own, whatever they are."""

from __future__ import annotations

from collections import UserDict
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = "input: [1, 8, 8]\nparams: {n: 3}\nlayers:\n  - {name: c, type: conv, filters: $n, kernel: 1}\n"
HUGE = 10**5000


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("arguments") / "n.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


class Odd:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "load": cnnstat.load,
    "loads": lambda _, **how: cnnstat.loads(SPEC, **how),
    "analyze": cnnstat.analyze,
    "sizes": cnnstat.sizes,
    "diff": lambda path, **how: cnnstat.diff(path, path, **how),
    "Network": cnnstat.Network,
    "verify": cnnstat.verify,
    "check_gradients": cnnstat.check_gradients,
    "trace": lambda path, **how: cnnstat.trace(path, "c", (0, 0, 0), **how),
}
SHAPES: tuple[Any, ...] = (
    *(5, "1x8x8", b"188", {1: 2}, {1, 8}, Odd(), count(1), iter([1, 8, 8]), range(1), 1j, True),
    *((), [], (1,) * 9, (1.0, 8, 8), (True, 8, 8), (None,), (0, 1, 1), (-1, 1, 1), [[1], [8], [8]]),
    *((1, "8", 8), (1, HUGE, 8), (1, float("nan"), 8), (1, Odd(), 8), np.zeros(()), np.ones((3, 1), int)),
    *(np.array([1.0, 8, 8]), np.array([True, True, True]), np.array(["1", "8", "8"])),
)
PARAMS: tuple[Any, ...] = (
    *(5, "n=4", b"n", [("n", 4)], {"n"}, Odd(), count(1), True),
    *({1: 2}, {None: 1}, {("n",): 1}, {b"n": 1}, {"m": 1}, {"n\x1b": 1}, {"\ud800": 1}, {Odd(): 1}, {"": 1}),
    *(
        {"n": each}
        for each in (HUGE, -HUGE, float("inf"), float("nan"), 1j, b"x", {"a": 1}, {1}, Odd(), None)
    ),
    *(
        {"n": each}
        for each in (Fraction(1, 10**1200), "x" * 10**6, (1,) * 10**5, [1, [2]], "\ud800", 1e308, 0)
    ),
    *({"n": each} for each in (np.zeros(3), np.zeros(()), np.array("x"), np.bool_(True), np.float32("nan"))),
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_no_shape(function: str, spec: Path) -> None:
    for shape in SHAPES:
        with pytest.raises(
            ArgumentError, match=r"input_shape: expected 1 to 4 sizes from 1 to|the network has no input"
        ):
            FUNCTIONS[function](spec, input_shape=shape)


@pytest.mark.parametrize("shape", [[1, 4, 4], (1, 4, 4), np.array([1, 4, 4]), (np.int64(1), 4, np.uint8(4))])
def test_what_is_a_shape(shape: Any, spec: Path) -> None:
    for function in FUNCTIONS.values():
        function(spec, input_shape=shape)
    assert cnnstat.load(spec, input_shape=shape).input_shape == (1, 4, 4)
    assert cnnstat.sizes(spec, first=4, last=4, input_shape=shape).outcomes[0].accepted


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_are_no_parameters(function: str, spec: Path) -> None:
    for params in PARAMS:
        with pytest.raises((ArgumentError, cnnstat.SpecError)) as raised:
            FUNCTIONS[function](spec, params=params)
        assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("params", [{"n": np.int64(4)}, {"n": np.float64(4)}, UserDict({"n": 4}), {"n": 4.0}])
def test_what_are_parameters(params: Any, spec: Path) -> None:
    assert cnnstat.analyze(spec, params=params).totals.counts.params == 8


WRONG: dict[tuple[str, str], tuple[Any, ...]] = {
    ("analyze", "batch"): ("1", 1.0, 0, -1, None, True, np.zeros(2), Odd()),
    ("analyze", "dtype"): (4, ["float32"], None, {}, np.float32, "half", Odd()),
    ("analyze", "optimizer"): (None, {}, [], "lion"),
    ("analyze", "strict"): ("yes", 1, None),
    ("sizes", "first"): ("8", 8.0, True, [], {8}, (8, "8"), [8, Odd()]),
    ("sizes", "step"): ("8", 8.0, True, 0, [1]),
    ("diff", "depth"): ("1", 0, 1.5, True),
    ("loads", "variant"): (5, [], b"v", True),
    ("loads", "name"): (5, None, b"n"),
    ("Network", "seed"): (-1, "a", 1.5, None, True, [1]),
    ("Network", "dtype"): ("float16", np.float32, None, ["float32"]),
    ("verify", "batch"): (0, -1, "1", 1.5, None),
    ("verify", "seed"): (-1, "a", None),
    ("check_gradients", "batch"): (0, -1, "1", 1.5),
    ("check_gradients", "elements"): (-1, "1", 1.5, None),
    ("check_gradients", "method"): ("forward", None, ["complex"], {}),
}


@pytest.mark.parametrize(("function", "argument"), WRONG)
def test_other_arguments(function: str, argument: str, spec: Path) -> None:
    for value in WRONG[function, argument]:
        with pytest.raises(ValueError, match=f"^{argument}: expected"):
            FUNCTIONS[function](spec, **{argument: value})


@pytest.mark.parametrize("spec", [None, 5, b"lenet5", ["lenet5"], Odd(), "", "\ud800", "a\0b", "x" * 5000])
def test_what_is_no_spec(spec: Any) -> None:
    for name, function in FUNCTIONS.items():
        if name != "loads":
            with pytest.raises((ArgumentError, cnnstat.SpecError)):
                function(spec)


@pytest.mark.parametrize("text", [None, 5, b"input: [1]", [], "", "\ud800", "a: \x00"])
def test_what_is_no_text(text: Any) -> None:
    with pytest.raises((ArgumentError, cnnstat.SpecError)):
        cnnstat.loads(text)


@pytest.fixture
def network(spec: Path) -> cnnstat.Network:
    return cnnstat.Network(spec)


ARRAYS: tuple[Any, ...] = (
    *(None, 5, "x", [[1]], [[1], [1, 2]], object(), {}, np.zeros((1, 8, 8)), np.zeros((0, 1, 8, 8))),
    *(np.zeros((1, 1, 8, 8), kind) for kind in (object, str, "M8[s]", "S1", [("a", int)])),
)


@pytest.mark.parametrize("number", range(len(ARRAYS)))
def test_what_is_no_batch(number: int, network: cnnstat.Network) -> None:
    with pytest.raises(ValueError, match=r"expected (an? (array|batch)|the inputs)"):
        network.forward(ARRAYS[number])


@pytest.mark.parametrize("number", range(len(ARRAYS)))
def test_what_is_no_gradient(number: int, network: cnnstat.Network) -> None:
    y = network.forward(network.sample())
    with pytest.raises(ValueError, match=r"expected (an array|gradients)"):
        network.backward(ARRAYS[number])
    network.backward(np.ones_like(y))  # what is refused leaves the way back as it was


@pytest.mark.parametrize("batch", [0, -1, "1", 1.5, None, True])
def test_a_sample_of_no_size(batch: Any, network: cnnstat.Network) -> None:
    with pytest.raises(ValueError, match="batch: expected a whole number of 1 or more"):
        network.sample(batch)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["x", "y", "z"], "expected an array of numbers"),
        ([None] * 3, "expected an array of numbers"),
        (None, "expected an array of numbers"),
        ([1j, 1, 1], "expected an array of numbers"),
        (np.zeros(3, "M8[s]"), "expected an array of numbers"),
        ([1, [2], 3], "expected an array of numbers"),
        ([1, 1e300, 1], "numbers beyond those of float32"),
        ([1, np.nan, 1], "'c.bias' has numbers that are not finite"),
        ([1, -np.inf, 1], "'c.bias' has numbers that are not finite"),
        ([1, 1], r"has shape \(3,\)"),
    ],
)
def test_all_tensors_are_replaced_or_none(wrong: Any, said: str, network: cnnstat.Network) -> None:
    before = {name: tensor.copy() for name, tensor in network.parameters.items()}
    with pytest.raises(ValueError, match=said):
        network.load({"c.weight": np.full((3, 1, 1, 1), 7.0), "c.bias": wrong})
    for name, tensor in network.parameters.items():
        assert np.array_equal(tensor, before[name])


@pytest.mark.parametrize(
    "tensors", [None, 5, [("c.bias", np.zeros(3))], {1: np.zeros(3)}, {"c": np.zeros(3)}]
)
def test_what_are_no_tensors(tensors: Any, network: cnnstat.Network) -> None:
    with pytest.raises(ValueError, match=r"expected tensors by their names|there is no tensor"):
        network.load(tensors)


def test_no_variance_is_negative() -> None:
    """Its root would be no number; one of 0 is that of a channel that never changes."""
    network = cnnstat.Network(cnnstat.loads(f"{SPEC}  - {{name: n, type: batch_norm}}\n"))
    before = network.parameters["n.running_var"].copy()
    with pytest.raises(ValueError, match=r"'n\.running_var' has negative variances"):
        network.load({"n.running_var": np.array([1, -1e-9, 1])})
    assert np.array_equal(network.parameters["n.running_var"], before)
    network.load({"n.running_var": np.zeros(3), "n.running_mean": np.full(3, -1)})


def test_tensors_may_change_places() -> None:
    network = cnnstat.Network(cnnstat.loads(f"{SPEC}  - {{name: d, type: conv, filters: 3, kernel: 1}}\n"))
    a, b = network.parameters["c.bias"].copy(), network.parameters["d.bias"].copy()
    network.load({"c.bias": network.parameters["d.bias"], "d.bias": network.parameters["c.bias"]})
    assert np.array_equal(network.parameters["c.bias"], b)
    assert np.array_equal(network.parameters["d.bias"], a)
    network.load({"c.bias": np.array([1, 2, 3]), "d.bias": np.array([True, False, True])})
    assert network.parameters["c.bias"].tolist() == [1, 2, 3]
