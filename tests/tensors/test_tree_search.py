"""State dicts of published PyTorch code, by the names that stand there, land in the bundled networks."""

from __future__ import annotations

import random
import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.tensors import FileError, matched, paired

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.executor.kernel import Array

WIDE = {"shufflenet-v2-0.5", "regnet-y-400mf", "resnet18", "resnet50", "mobilenet-v3-small", "convnext-tiny"}


@cache
def parameters(spec: str) -> dict[str, Array]:
    return cnnstat.Network(spec, input_shape=(3, 32, 32)).parameters


def renamed(text: str, *rules: tuple[str, str | Callable[[re.Match[str]], str]]) -> str:
    for old, new in rules:
        text = re.sub(old, new, text)
    return text


_UNIT = ((r"\.conv1\.(?=\w+$)", ".0."), (r"\.batch_norm1\.", ".1."))


def shufflenet(name: str) -> str:
    """Return the name in torchvision: the first unit of a stage has two branches, the others one."""
    places = {"conv1.conv1": 0, "conv1.batch_norm1": 1, "depthwise.conv": 3, "depthwise.bn": 4}
    places |= {"conv2.conv1": 5, "conv2.batch_norm1": 6}
    first = {"depthwise.conv": 0, "depthwise.bn": 1, "conv.conv1": 2, "conv.batch_norm1": 3}
    if match := re.fullmatch(r"(?:down|stage)(\d)\.(?:(\d)\.)?branch\.(\w+\.\w+)\.(\w+)", name):
        stage, unit, part, tensor = match.groups()
        return f"stage{stage}.{0 if unit is None else int(unit) + 1}.branch2.{places[part]}.{tensor}"
    if match := re.fullmatch(r"down(\d)\.(\w+\.\w+)\.(\w+)", name):
        return f"stage{match[1]}.0.branch1.{first[match[2]]}.{match[3]}"
    return renamed(name, *_UNIT)


def regnet(name: str) -> str:
    return renamed(
        name,
        *_UNIT,
        (r"^stage(\d)\.(\d+)\.", r"trunk_output.block\1.block\1-\2."),
        (r"\.([abc])\.", r".f.\1."),
        (r"\.gate\.reduce", ".f.se.fc1"),
        (r"\.gate\.expand", ".f.se.fc2"),
    )


def regnet_of_transformers(name: str) -> str:
    name = renamed(
        name,
        (r"\.conv1\.(?=\w+$)", ".convolution."),
        (r"\.batch_norm1\.", ".normalization."),
        (r"^stem", "regnet.embedder.embedder"),
        (r"\.gate\.reduce", ".layer.2.attention.0"),
        (r"\.gate\.expand", ".layer.2.attention.2"),
        (r"\.proj\.", ".shortcut."),
        (r"^fc", "classifier.1"),
    )
    for place, letter in ((0, "a"), (1, "b"), (3, "c")):
        name = renamed(name, (rf"\.{letter}\.(?=conv|norm)", f".layer.{place}."))
    return re.sub(r"^stage(\d)", lambda match: f"regnet.encoder.stages.{int(match[1]) - 1}.layers", name)


def convnext(name: str) -> str:
    places = {"depthwise": "block.0", "norm.norm": "block.2", "expand": "block.3", "project": "block.5"}
    if match := re.fullmatch(r"stage(\d)\.(\d+)\.(.*)\.(\w+)", name):
        stage, unit, part, tensor = match.groups()
        inside = "layer_scale" if part == "scale" else f"{places[part]}.{tensor}"
        return f"features.{2 * int(stage) - 1}.{unit}.{inside}"
    return renamed(
        name,
        (r"^stem\.", "features.0.0."),
        (r"^norm\.norm", "features.0.1"),
        (r"^down(\d)", lambda match: f"features.{2 * int(match[1])}"),
        (r"^(features\.\d)\.norm\.norm", r"\1.0"),
        (r"^(features\.\d)\.conv", r"\1.1"),
        (r"^(classifier|head|fc)\.norm", "classifier.0"),
    )


def turned(name: str, tensor: Array) -> Array:
    """Return a tensor in the shape that PyTorch's code has: (O, I) of a 1x1, (C, 1, 1) of a layer scale."""
    if ".block.3." in name or ".block.5." in name:
        return tensor.reshape(tensor.shape[:2]) if tensor.ndim == 4 else tensor
    return tensor.reshape(-1, 1, 1) if name.endswith("layer_scale") else tensor


PUBLISHED = {
    "shufflenet-v2-0.5": shufflenet,
    "regnet-y-400mf": regnet,
    "regnet-y-400mf of transformers": regnet_of_transformers,
    "convnext-tiny": convnext,
}


@pytest.mark.parametrize("ordered", [False, True], ids=["sorted", "in order"])
@pytest.mark.parametrize("which", PUBLISHED)
def test_published_names_find_their_layers(which: str, ordered: bool) -> None:
    own = parameters(which.split(maxsplit=1)[0])
    names = {name: PUBLISHED[which](name) for name in own}
    assert len({*names.values()}) == len(own)
    file = {names[name]: turned(names[name], tensor) for name, tensor in own.items()}
    found = paired(own, file if ordered else dict(sorted(file.items())), "w")
    assert {name: match.name for name, match in found.items()} == names


def words(names: Mapping[str, Array], seed: int) -> dict[str, str]:
    """Give each module a word that says nothing; what is numbered keeps its number."""
    chance, known = random.Random(seed), {}
    for name in names:
        path = name.split(".")[:-1]
        for length, part in enumerate(path, start=1):
            own = tuple(path[:length])
            if own not in known:
                word = "".join(chance.choices("klmnprstvz", k=6))
                known[own] = part if part.isdigit() else word
    return {
        name: ".".join(known[tuple(name.split(".")[:n])] for n in range(1, name.count(".") + 1))
        + f".{name.rpartition('.')[2]}"
        for name in names
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("spec", sorted(WIDE))
def test_names_that_say_nothing_are_refused_or_land_right(spec: str, seed: int) -> None:
    """Sorted words have no order: what is accepted is so by shapes, numbers and places alone."""
    own = parameters(spec)
    names = words(own, seed)
    try:
        found = paired(own, dict(sorted((names[name], tensor) for name, tensor in own.items())), "w")
    except FileError:
        return
    assert {name: match.name for name, match in found.items()} == names


def tensors(*names: str) -> dict[str, Array]:
    return {f"{name}.weight": np.zeros(3) for name in names}


def places(own: dict[str, Array], file: dict[str, Array]) -> list[str]:
    return [match.name.removesuffix(".weight") for match in paired(own, file, "w").values()]


def test_letters_are_an_order_and_sizes_are_none() -> None:
    own = tensors("first", "second", "third")
    assert places(own, tensors("f.a", "f.b", "f.c")) == ["f.a", "f.b", "f.c"]
    assert places(own, tensors("Mixed_5b", "Mixed_5c", "Mixed_6a")) == ["Mixed_5b", "Mixed_5c", "Mixed_6a"]
    with pytest.raises(FileError, match="neither names nor order"):
        places(own, tensors("branch1x1", "branch3x3", "branch5x5"))
    with pytest.raises(FileError, match="neither names nor order"):
        places(own, tensors("k", "q", "v"))


def test_numbers_count_within_their_module() -> None:
    """conv3 comes after conv1, so what is before conv1 in the network is the other of its shape."""
    own = {**tensors("s.side", "s.one", "s.three"), "s.one.weight": np.zeros(4)}
    file = {**tensors("a.conv1", "a.conv3", "a.down"), "a.conv1.weight": np.zeros(4)}
    assert places(own, file) == ["a.down", "a.conv1", "a.conv3"]


def test_synonyms_are_evidence_and_digits_alone_are_not() -> None:
    own = tensors("0.main", "0.shortcut")
    assert places(own, tensors("0.downsample", "0.body")) == ["0.body", "0.downsample"]
    assert places(tensors("q", "k", "v", "out"), tensors("key", "proj", "query", "value")) == [
        *("query", "key", "value", "proj")
    ]
    with pytest.raises(FileError, match="neither names nor order"):
        places(tensors("main1", "side2"), tensors("aaa2", "bbb1"))


def test_a_block_stands_where_the_networks_own_block_does() -> None:
    """The norm before a block of norms and convolutions might as well be the one behind it."""
    shapes = {"n": np.zeros(3), "c": np.zeros((3, 3))}

    def stack(stem: str, *blocks: str) -> dict[str, Array]:
        inner = {f"{b}.{i}.{x}.weight": shapes[x] for b in blocks for i in range(2) for x in ("c", "n")}
        return {f"{stem}.weight": shapes["n"], **inner}

    own, file = stack("norm", "layer1"), stack("x", "y")
    found = paired(own, dict(sorted(file.items())), "w")
    assert found["norm.weight"].name == "x.weight"
    flat = {name.replace(".", "_").replace("_weight", ".weight"): t for name, t in own.items()}
    with pytest.raises(FileError, match="neither names nor order"):
        paired(flat, dict(sorted(file.items())), "w")


def test_lists_that_the_network_goes_through_in_turn() -> None:
    own = {f"{kind}{i}.weight": np.zeros((3,) * n) for i in range(3) for n, kind in ((2, "c"), (1, "b"))}
    own |= {"shortcut.c.weight": np.zeros((3, 3)), "shortcut.b.weight": np.zeros(3)}
    names = {f"{ours}{i}": f"m.{theirs}.{i}" for i in range(3) for ours, theirs in (("c", "cs"), ("b", "bs"))}
    names |= {"shortcut.c": "m.downsample.0", "shortcut.b": "m.downsample.1"}
    file = {f"{names[name.removesuffix('.weight')]}.weight": tensor for name, tensor in own.items()}
    assert places(own, dict(sorted(file.items()))) == [*names.values()]


def test_a_name_of_many_parts_takes_no_time() -> None:
    own = tensors("a", "b")
    with pytest.raises(FileError, match="neither names nor order"):
        paired(own, {"x." * 10_000 + "p": np.zeros(3), "x." * 10_000 + "q": np.zeros(3)}, "w")


def test_queries_keys_and_values_in_one_matrix_are_taken_apart() -> None:
    """As PyTorch's MultiheadAttention and timm keep them; positions are turned, a vector has axes of one."""
    rows = np.arange(24.0).reshape(12, 2).repeat(2, axis=1)
    own = {f"a.{x}.{y}": np.zeros((4, 4) if y == "weight" else 4) for x in "qkv" for y in ("weight", "bias")}
    own |= {"positions.weight": np.zeros((4, 5)), "token.weight": np.zeros((4, 1))}
    positions, token = np.arange(20.0).reshape(1, 5, 4), np.arange(4.0).reshape(1, 1, 4)
    for weight, bias in (("in_proj_weight", "in_proj_bias"), ("qkv.weight", "qkv.bias")):
        file = {f"b.{weight}": rows, f"b.{bias}": rows[:, 0], "pos": positions, "cls": token}
        found = matched(own, dict(sorted(file.items())), "w")
        for i, letter in enumerate("qkv"):
            np.testing.assert_array_equal(found[f"a.{letter}.weight"], rows[4 * i : 4 * i + 4])
            np.testing.assert_array_equal(found[f"a.{letter}.bias"], rows[4 * i : 4 * i + 4, 0])
        np.testing.assert_array_equal(found["positions.weight"], positions[0].T)
        np.testing.assert_array_equal(found["token.weight"], token.reshape(4, 1))
    del file["pos"]
    with pytest.raises(FileError, match="positions"):
        matched(own | {"positions.weight": np.zeros((4, 4))}, file | {"pos": np.zeros((1, 4, 4))}, "w")


def test_a_convolution_over_all_places_is_a_linear_layer() -> None:
    own = {"fc.weight": np.zeros((3, 8))}
    given = np.arange(24.0).reshape(3, 2, 2, 2)
    np.testing.assert_array_equal(matched(own, {"f.weight": given}, "w")["fc.weight"], given.reshape(3, 8))
    with pytest.raises(FileError, match="does not fit"):
        matched({"conv.weight": np.zeros((3, 8, 1, 3))}, {"f.weight": np.zeros((3, 8, 3, 1))}, "w")


def test_hundreds_of_modules_in_one() -> None:
    """As in a flat list of a thousand layers: an order by numbers is followed without recursion."""
    own = tensors(*(f"block.{i}.conv" for i in range(1000)))
    file = tensors(*(f"f.{i}" for i in range(1000)))
    assert places(own, dict(sorted(file.items()))) == [f"f.{i}" for i in range(1000)]
    words = tensors(*(a + b + c for a in "klmnprstvz" for b in "klmnprstvz" for c in "aeiouywqjx"))
    with pytest.raises(FileError, match="neither names nor order"):
        places(own, dict(sorted(words.items())))


def test_modules_that_all_look_alike_take_no_time() -> None:
    """Eighty words in each of twenty words: more orders than are looked at."""
    own = tensors(*(f"b.{i}" for i in range(1600)))
    words = [a + b for a in "klmnprstvz" for b in "klmnprst"]
    with pytest.raises(FileError, match="neither names nor order"):
        places(own, dict(sorted(tensors(*(f"{a}.{b}" for a in words[:20] for b in words)).items())))
