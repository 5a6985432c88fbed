"""From a file's tensors to a network's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.tensors import FileError, matched, read_weights, save_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.executor.kernel import Array


def tensors(*names: str, size: int = 3) -> dict[str, Array]:
    """Make one tensor for each name, all of one shape, each with numbers of its own."""
    return {name: np.full(size, number, np.float32) for number, name in enumerate(names)}


def places(parameters: Mapping[str, Array], given: Mapping[str, Array]) -> dict[str, str]:
    """Match, and return which name of the file each name of the network got, as the numbers show."""
    names = {float(tensor.flat[0]): name for name, tensor in given.items()}
    return {name: names[float(t.flat[0])] for name, t in matched(parameters, given, "w.npz").items()}


def numbered(parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Give each tensor its own number, in the same shapes."""
    return {name: np.full(t.shape, n, np.float32) for n, (name, t) in enumerate(parameters.items())}


def torch_names(blocks: tuple[int, ...] = (3, 4, 6, 3)) -> list[str]:
    """Return the modules of torchvision's resnet34 with tensors, in the order of its state_dict."""
    names = ["conv1", "bn1"]
    for stage, count in enumerate(blocks, start=1):
        for block in range(count):
            inside = ["conv1", "bn1", "conv2", "bn2"]
            inside += ["downsample.0", "downsample.1"] if stage > 1 and block == 0 else []
            names += [f"layer{stage}.{block}.{name}" for name in inside]
    return [*names, "fc"]


def torch_file(network: cnnstat.Network) -> tuple[dict[str, Array], dict[str, str]]:
    """Return a state_dict with a number of its own in each tensor, and where each should land."""
    own = list(dict.fromkeys(name.rpartition(".")[0] for name in network.parameters))
    modules = dict(zip(own, torch_names(), strict=True))
    assert modules["layer3.0.downsample.bn"] == "layer3.0.downsample.1"
    there = {}
    for name in network.parameters:
        layer, _, tensor = name.rpartition(".")
        there[name] = f"{modules[layer]}.{tensor}"
    given = numbered(network.parameters)
    return {there[name]: tensor for name, tensor in given.items()}, there


@pytest.fixture(scope="module")
def resnet() -> cnnstat.Network:
    return cnnstat.Network("resnet34", input_shape=(3, 64, 64))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.module."])
def test_a_resnet_of_pytorch_lands_in_the_right_layers(
    resnet: cnnstat.Network, tmp_path: Path, suffix: str, prefix: str
) -> None:
    given, there = torch_file(resnet)
    means = [name for name in given if name.endswith("running_mean")]
    counters = {name.replace("running_mean", "num_batches_tracked"): np.array(9) for name in means}
    file = {prefix + name: tensor for name, tensor in {**given, **counters}.items()}
    save_weights(tmp_path / f"w{suffix}", file)
    found = matched(resnet.parameters, read_weights(tmp_path / f"w{suffix}"), "w")
    assert list(found) == list(resnet.parameters)
    for name, tensor in found.items():
        np.testing.assert_array_equal(tensor, given[there[name]])
    resnet.load(found)
    assert (
        resnet.parameters["layer4.0.downsample.conv.weight"].flat[0]
        == given["layer4.0.downsample.0.weight"].flat[0]
    )


def test_a_resnet_with_shortcuts_listed_elsewhere_lands_in_the_right_layers(resnet: cnnstat.Network) -> None:
    given, there = torch_file(resnet)
    early = sorted(resnet.parameters, key=lambda name: ("downsample" not in name, 0))
    parameters = {name: resnet.parameters[name] for name in early}
    assert places(parameters, given) == {name: there[name] for name in early}


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("name", ["lenet5", "resnet20", "lenet5-gap"])
def test_a_network_reads_its_own_file(tmp_path: Path, name: str, suffix: str) -> None:
    network = cnnstat.Network(name)
    save_weights(tmp_path / f"w{suffix}", network.parameters)
    found = matched(network.parameters, read_weights(tmp_path / f"w{suffix}"), "w")
    assert list(found) == list(network.parameters)
    for tensor in found:
        np.testing.assert_array_equal(found[tensor], network.parameters[tensor])


def test_lenet_by_other_names_in_order() -> None:
    network = cnnstat.Network("lenet5")
    own = list(dict.fromkeys(name.rpartition(".")[0] for name in network.parameters))
    other = {layer: f"net.{n}.inner" for n, layer in enumerate(own)}
    file = {
        f"{other[name.rpartition('.')[0]]}.{name.rpartition('.')[2]}": tensor
        for name, tensor in numbered(network.parameters).items()
    }
    found = matched(network.parameters, file, "w")
    for name, tensor in numbered(network.parameters).items():
        np.testing.assert_array_equal(found[name], tensor)


# Which of several of one kind


def test_order_decides_where_the_file_keeps_one() -> None:
    own = tensors("first.weight", "second.weight", "third.weight")
    given = tensors("zeta.weight", "alpha.weight", "mid.weight")
    assert list(places(own, given).values()) == list(given)


def test_a_sorted_file_has_no_order() -> None:
    own = tensors("first.weight", "second.weight")
    with pytest.raises(FileError, match=r"layers 'first', 'second' have the same shapes, .* 'alpha', 'zeta'"):
        matched(own, tensors("alpha.weight", "zeta.weight"), "w.npz")


def test_numbers_are_an_order() -> None:
    own = tensors("a.weight", "b.weight", "c.weight")
    given = tensors("features.0.weight", "features.10.weight", "features.2.weight")
    assert places(own, given) == {
        "a.weight": "features.0.weight",
        "b.weight": "features.2.weight",
        "c.weight": "features.10.weight",
    }


def test_names_win_over_the_order_of_a_file() -> None:
    """A shortcut of the same shape as conv3 listed before it by the network: the order fits, and is wrong."""
    own = tensors("0.shortcut.conv.weight", "0.conv3.weight", "0.conv1.weight")
    given = tensors("0.conv3.weight", "0.shortcut.0.weight", "0.conv1.weight")
    assert places(own, given) == {
        "0.shortcut.conv.weight": "0.shortcut.0.weight",
        "0.conv3.weight": "0.conv3.weight",
        "0.conv1.weight": "0.conv1.weight",
    }


def test_names_that_count_from_elsewhere_are_a_doubt() -> None:
    own = tensors("conv0.weight", "conv1.weight", "conv2.weight")
    for given in (
        ("conv1.weight", "conv2.weight", "conv3.weight"),
        ("conv3.weight", "conv2.weight", "conv1.weight"),
    ):
        with pytest.raises(FileError, match="neither names nor order"):
            matched(own, tensors(*given), "w.npz")


def with_biases(*modules: str) -> dict[str, Array]:
    """Make a weight and a bias for each module, as PyTorch lists them: not sorted by name."""
    return tensors(*(f"{module}.{tensor}" for module in modules for tensor in ("weight", "bias")))


@pytest.mark.parametrize(
    ("own", "given"),
    [
        (("c.0", "c.1", "c.2"), ("c1", "c0", "c2")),
        (("conv1", "conv2"), ("conv.2", "conv.1")),
        (("s.conv_1", "s.conv_2", "s.conv_10"), ("s.conv10", "s.conv1", "s.conv2")),
        (("conv2", "conv1"), ("conv_01", "conv_02")),
    ],
)
def test_equal_words_and_numbers_are_one_name(own: tuple[str, ...], given: tuple[str, ...]) -> None:
    """Whatever stands between them; the order of the file says otherwise."""
    numbers = {int(re.findall("[0-9]+", name)[-1]): name for name in given}
    for parameters, file in (
        (with_biases(*own), with_biases(*given)),
        (
            tensors(*(f"{name}.weight" for name in own)),
            tensors(*(f"{name}.weight" for name in sorted(given))),
        ),
    ):
        found = places(parameters, file)
        for name in found:
            module = name.removesuffix(".weight").removesuffix(".bias")
            assert found[name] == numbers[int(re.findall("[0-9]+", module)[-1])] + name.removeprefix(module)


def test_a_file_sorted_as_text_is_in_no_order_where_numbers_are() -> None:
    found = places(with_biases("a", "b", "c"), with_biases("f.0", "f.10", "f.2"))
    assert found == {
        "a.weight": "f.0.weight",
        "a.bias": "f.0.bias",
        "b.weight": "f.2.weight",
        "b.bias": "f.2.bias",
        "c.weight": "f.10.weight",
        "c.bias": "f.10.bias",
    }


@pytest.mark.parametrize(
    ("own", "given"),
    [
        (with_biases("a", "b", "c"), with_biases("dec3", "dec2", "dec1")),
        (with_biases("c.0", "c.1", "c.2"), with_biases("f1", "f0", "f2")),
        (with_biases("dec3", "dec2", "dec1"), with_biases("up1", "up2", "up3")),
        (tensors("dec3.w", "dec2.w", "dec1.w"), tensors("up1.w", "up2.w", "up3.w")),
        (with_biases("dec3", "dec2", "dec1"), with_biases("up3", "up1", "up2")),
    ],
    ids=" ".join,
)
def test_numbers_against_the_order_are_a_doubt(own: dict[str, Array], given: dict[str, Array]) -> None:
    """The blocks of a decoder may be numbered downwards: nobody knows which of both is meant."""
    with pytest.raises(FileError, match="neither names nor order"):
        matched(own, given, "w.npz")


def test_equal_shapes_in_another_order_are_a_doubt() -> None:
    """conv3 and the projection of a ResNet are of one shape, and the network has other names and order."""
    own = {**tensors("s.proj.weight", size=4), **tensors("s.one.weight"), **tensors("s.three.weight", size=4)}
    given = {**tensors("a.in.weight"), **tensors("a.out.weight", "a.beside.weight", size=4)}
    with pytest.raises(FileError, match=r"'s.proj', 's.three' .* 'a.out', 'a.beside' is which"):
        matched(own, given, "w.npz")


# What does not fit


def test_what_is_missing_left_over_and_misshapen_is_named() -> None:
    own = tensors(*(f"conv{n}.weight" for n in range(20)))
    given = {**own, "extra.weight": np.zeros(1), "conv19.weight": np.zeros((2, 5)), "x\x1b.bias": np.zeros(1)}
    for n in range(7):
        del given[f"conv{n}.weight"]
    with pytest.raises(FileError) as error:
        matched(own, given, "w.npz")
    assert str(error.value) == (
        "w.npz: does not fit the network: missing: conv0.weight, conv1.weight, conv2.weight, conv3.weight, "
        r"conv4.weight and 2 more; left over: extra.weight, x\x1b.bias; wrong shape: conv19.weight is 2x5 "
        "instead of 3"
    )


def test_the_first_layer_that_does_not_fit_is_named() -> None:
    own = {"C1.weight": np.zeros((6, 1, 5, 5)), "C1.bias": np.zeros(6), "F2.weight": np.zeros((10, 6))}
    given = {"0.weight": np.zeros((6, 1, 5, 5)), "0.bias": np.zeros(6), "1.weight": np.zeros((9, 5))}
    with pytest.raises(FileError) as error:
        matched(own, given, "w.npz")
    assert str(error.value) == (
        "w.npz: does not fit the network: layer 'F2' with weight 10x6; the file has there '1' with weight 9x5"
        " (the network has 2 layers with tensors, the file 2)"
    )
    del given["1.weight"]
    with pytest.raises(FileError, match=r"the file has there nothing \(the network has 2 .*, the file 1\)"):
        matched(own, given, "w.npz")
    given = {"a.weight": own["C1.weight"], "a.bias": own["C1.bias"], "b.weight": own["F2.weight"]}
    with pytest.raises(FileError, match=r"'c.scale' \(a single number\) is left over"):
        matched(own, {**given, "c.scale": np.zeros(())}, "w.npz")


def test_a_number_too_large_for_the_network_is_refused() -> None:
    with pytest.raises(FileError, match=r"a\.weight, as float32, holds 1 infinite"):
        matched(tensors("a.weight"), {"a.weight": np.array([1, 1e300, 3])}, "w.npz")


def test_types_become_the_networks() -> None:
    found = matched(tensors("a.weight"), {"a.weight": np.array([1, 2, 3], np.float16)}, "w.npz")
    assert found["a.weight"].dtype == np.float32


def test_hostile_names_do_not_confuse() -> None:
    own = tensors("p.weight", "q.weight")
    for names in ((".", ".."), ("a", "²"), ("1" * 4999, "²" * 5000), ("", "a.")):
        with pytest.raises(FileError) as error:
            matched(own, tensors(*names), "w.npz")
        assert len(str(error.value)) < 800


def test_batch_norms_that_were_folded_are_named() -> None:
    """What an exporter does by default; a kernel has a bias then that it has not in the network."""
    norm = {f"bn.{role}": np.zeros(6) for role in ("weight", "bias", "running_mean", "running_var")}
    own = {"conv.weight": np.zeros((6, 1, 5, 5)), **norm, "fc.weight": np.zeros((10, 6))}
    given = {"conv.weight": np.zeros((6, 1, 5, 5)), "conv.bias": np.zeros(6), "fc.weight": np.zeros((10, 6))}
    why = "its batch norms are folded into the layers before them; export it without: torch.onnx.export"
    for names in ("conv", "other"):
        file = {name.replace("conv", names): each for name, each in given.items()}
        with pytest.raises(FileError, match=why):
            matched(own, file, "w.onnx")
    with pytest.raises(FileError) as error:
        matched(own, {**given, **norm}, "w.onnx")
    assert "folded" not in str(error.value)
