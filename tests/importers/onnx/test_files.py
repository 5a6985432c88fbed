"""Files that are no models, not all of one, or made to do harm: one clear line, and exit 1."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx")

import numpy as np
import onnx
from onnx import TensorProto, helper

import cnnstat
from cnnstat.importers import read, rows
from cnnstat.importers.onnx.nodes import value
from cnnstat.importers.onnx.stored import wire
from tests.importers.onnx.graphs import model_of, ours, saved
from tests.program import within

pytestmark = pytest.mark.exchange

X = (1, 4, 7, 6)
MODELS = Path(__file__).parent / "models"


def refused(path: Path | str, *more: str) -> str:
    """Return the one line that a command ends with."""
    ended = within("summary", str(path), *more)
    assert ended.returncode == 1, ended.stdout
    assert not ended.stdout
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "model/unreadable: " in ended.stderr or "file/unreadable: " in ended.stderr
    return ended.stderr


def small() -> onnx.ModelProto:
    return model_of([("Conv", "x w b", "a"), ("Relu", "a", "y")], X, {"w": (6, 4, 3, 3), "b": (6,)})


def relu(count: int = 1) -> onnx.ModelProto:
    return model_of(
        [("Relu", "x" if not i else f"v{i}", f"v{i + 1}") for i in range(count)], X, outputs=f"v{count}"
    )


def test_a_file_may_end_anywhere(tmp_path: Path) -> None:
    whole = small().SerializeToString()
    path = tmp_path / "model.onnx"
    ends = 0
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        ended = within("summary", str(path))
        assert ended.returncode in (0, 1)  # where a field ends, what is left may be a model
        assert "Traceback" not in ended.stderr
        ends += ended.returncode
    assert ends > 30


def test_any_bytes_may_be_others(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    rng = random.Random(5)
    for whole in (small().SerializeToString(), (MODELS / "dcgan-generator-opset9.onnx").read_bytes()):
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(rng.choice((1, 3, 20))):
                data[rng.randrange(len(data))] = rng.randrange(256)
            path.write_bytes(data)
            ended = within("summary", str(path))
            assert ended.returncode in (0, 1), ended.stderr
            assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is no ONNX model"),
        (b"name: lenet5\ninput: [1, 28, 28]\n", "is no ONNX model"),
        (bytes(1000), "is no ONNX model"),
        (b"\x08\x07", "is no ONNX model"),
    ],
)
def test_what_is_no_model_is_refused(data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    assert why in refused(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.onnx"
    folder.mkdir()
    refused(folder)
    assert "no such file" in refused(tmp_path / "gone.onnx")


def test_without_the_library_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert "pip install 'cnnstat[onnx]'" in refused(saved_to(tmp_path, small()))


def saved_to(folder: Path, model: onnx.ModelProto) -> str:
    return saved(model, folder)


def test_large_tensors_stay_in_the_file(tmp_path: Path) -> None:
    model = model_of([("Gemm", "x w", "y")], (1, 2000), {"w": (2000, 1000)})
    path = Path(saved(model, tmp_path))
    assert path.stat().st_size > 8_000_000
    assert len(wire.without_weights(path)) < 1000
    assert cnnstat.analyze(path).totals.counts.params == 2_000_000
    network, (y,) = ours(str(path))
    expected = network.sample(1) @ onnx.numpy_helper.to_array(model.graph.initializer[0])
    np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-3)


def test_what_is_not_weights_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_REST", 2000)
    assert "beside its weights" in refused(saved(relu(200), tmp_path))
    monkeypatch.setattr(wire, "MAX_FIELDS", 50)
    assert "more than 50 fields" in refused(saved(relu(200), tmp_path))


def test_a_node_reads_only_what_stands_above_it(tmp_path: Path) -> None:
    model = relu(3)
    model.graph.node[0].input[0] = "v3"
    assert "the node 'n0' reads 'v3', which nothing above it puts out" in refused(saved(model, tmp_path))


def test_two_nodes_put_out_two_values(tmp_path: Path) -> None:
    model = relu(3)
    model.graph.node[1].output[0] = model.graph.node[0].output[0]
    assert "the node 'n1' puts out 'v1', which stands above it already" in refused(saved(model, tmp_path))


def test_functions_that_call_each_other_are_refused(tmp_path: Path) -> None:
    model = relu()
    model.graph.node[0].CopyFrom(helper.make_node("f", ["x"], ["v1"], domain="own"))
    nodes = [helper.make_node("f", ["a"], ["b"], domain="own")]
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    model.functions.append(helper.make_function("own", "f", ["a"], ["b"], nodes, opsets))
    model.opset_import.append(helper.make_opsetid("own", 1))
    assert "its function 'f' calls itself" in refused(saved(model, tmp_path))


def test_functions_that_unfold_to_too_much_are_refused(tmp_path: Path) -> None:
    model = relu()
    model.graph.node[0].CopyFrom(helper.make_node("f20", ["x"], ["v1"], domain="own"))
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    for level in range(21):
        name, domain = (f"f{level - 1}", "own") if level else ("Relu", "")
        nodes = [
            helper.make_node(name, ["a"], ["c"], domain=domain),
            helper.make_node(name, ["c"], ["b"], domain=domain),
        ]
        model.functions.append(helper.make_function("own", f"f{level}", ["a"], ["b"], nodes, opsets))
    model.opset_import.append(helper.make_opsetid("own", 1))
    assert "has more than 200,000 nodes" in refused(saved(model, tmp_path))


def test_a_function_stands_where_it_is_called(tmp_path: Path) -> None:
    model = relu()
    model.graph.node[0].CopyFrom(helper.make_node("f", ["x"], ["v1"], domain="own"))
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    nodes = [helper.make_node("Sigmoid", ["a"], ["s"]), helper.make_node("Mul", ["s", "a"], ["b"])]
    model.functions.append(helper.make_function("own", "f", ["a"], ["b"], nodes, opsets))
    model.opset_import.append(helper.make_opsetid("own", 1))
    assert [node.type for node in cnnstat.load(saved(model, tmp_path)).layers] == ["silu"]


def test_graphs_within_graphs_are_refused(tmp_path: Path) -> None:
    graph = relu().graph
    for _ in range(24):
        node = helper.make_node("If", ["x"], ["v1"], then_branch=graph, else_branch=relu().graph)
        graph = helper.make_graph([node], "g", graph.input, graph.output)
    path = tmp_path / "model.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    assert "levels deep" in refused(path)


def test_sizes_that_are_claimed_are_not_taken_at_their_word(tmp_path: Path) -> None:
    model = small()
    model.graph.initializer[0].dims[0] = 2**40
    assert "says that it is larger than its numbers" in refused(saved(model, tmp_path))
    bomb = model_of(
        [("Expand", "c s", "a"), ("Add", "a x", "y")], X, {"c": (1,), "s": np.array([1, 4, 2**20, 2**20])}
    )
    assert cnnstat.analyze(saved(bomb, tmp_path)).without == {"rest": 2}


def test_a_long_chain_of_constants_is_a_constant(tmp_path: Path) -> None:
    chain = [("Add", "p q", "c0"), *(("Add", f"c{i} p", f"c{i + 1}") for i in range(2000))]
    model = model_of([*chain, ("Add", "x c2000", "y")], X, {"p": X, "q": X})
    rows = cnnstat.analyze(saved(model, tmp_path)).rows
    assert [row.type for row in rows] == ["parameter", "add"]


def external(location: str) -> onnx.ModelProto:
    model = small()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return model


@pytest.mark.parametrize("location", ["/etc/passwd", "../secret", "inside/../../secret", "link", "", "."])
def test_nothing_outside_of_the_folder_is_read(location: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(864))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    path = saved(external(location), folder)
    assert cnnstat.analyze(path).totals.counts.params == 222  # figures need no weights
    ended = within("run", path)
    assert ended.returncode == 1, ended.stdout
    assert "outside of its folder" in ended.stderr


def test_weights_beside_a_model_are_read(tmp_path: Path) -> None:
    model = small()
    wanted = onnx.numpy_helper.to_array(model.graph.initializer[0])
    path = tmp_path / "model.onnx"
    onnx.save(model, path, save_as_external_data=True, location="model.data", size_threshold=0)
    network, _ = ours(str(path))
    assert any(np.array_equal(wanted, each) for each in network.parameters.values())
    (tmp_path / "model.data").write_bytes(bytes(100))
    assert "ends before the numbers" in within("run", str(path)).stderr
    (tmp_path / "model.data").unlink()
    assert "is missing" in within("run", str(path)).stderr
    assert within("summary", str(path)).returncode == 0


def test_sizes_that_are_open_are_given(tmp_path: Path) -> None:
    model = model_of([("Relu", "x", "y")], ("n", 3, "height", "width"))
    path = saved(model, tmp_path)
    message = refused(path)
    assert "its input 'x' is 3xheightxwidth, of which not all is fixed; give it: --input 3x224x224" in message
    assert cnnstat.analyze(path, input_shape=(3, 5, 6)).totals.output_shape == (3, 5, 6)
    assert "has 3 axes for each sample, --input gives 1" in refused(path, "--input", "7")


def test_another_input_takes_the_place_of_the_models_own(tmp_path: Path) -> None:
    path = saved(small(), tmp_path)
    assert cnnstat.analyze(path, input_shape=(4, 20, 10)).totals.output_shape == (6, 18, 8)


def test_several_inputs_keep_their_names(tmp_path: Path) -> None:
    model = model_of([("Add", "left.1 right", "y")], {"left.1": (1, 3, "h", 4), "right": (1, 3, "h", 4)})
    path = saved(model, tmp_path)
    given: Any = {"left_1": (3, 2, 4), "right": (3, 2, 4)}
    assert cnnstat.load(path, input_shape=given).input_shapes == ((3, 2, 4), (3, 2, 4))


def test_a_constant_that_would_be_large_is_not_computed(tmp_path: Path) -> None:
    nodes = [("ConstantOfShape", "s", "c"), ("Relu", "x", "y")]
    big = np.array([value.MAX_COMPUTED * 64])
    assert cnnstat.analyze(saved(model_of(nodes, X, {"s": big}), tmp_path)).totals.output_shape == X[1:]


def test_very_many_layers_without_names_stand_in_no_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks count against the limit of a spec as layers do, and nobody reads so many."""
    assert "blocks:" in read(saved(relu(200), tmp_path))[0]
    monkeypatch.setattr(rows, "_MOST", 199)
    text = read(saved(relu(200), tmp_path))[0]
    assert "blocks:" not in text
    assert text.count("type: relu") == 200
