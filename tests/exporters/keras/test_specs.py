"""What the spec language can say beyond the bundled networks, as sources for Keras."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.base.files import FileError
from cnnstat.exporters.refusals import NoExportError
from cnnstat.tensors import save_weights
from tests.exporters.keras.compared import apart, in_float64, made, main, written
from tests.exporters.pytorch.test_specs import HOSTILE, SPECS, _quoted

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras

SHARED = """
input: [4, 8, 8]
blocks:
  head:
    layers:
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1}
      - {name: norm, type: batch_norm}
layers:
  - {name: a, type: head}
  - {name: small, type: max_pool, kernel: 2}
  - {name: b, type: head, weights: a}
  - {name: c, type: conv, filters: 4, kernel: 3, padding: 1, weights: a.conv}
  - {name: d, type: conv, filters: 4, kernel: 1, frozen: true}
  - {name: e, type: conv, filters: 4, kernel: 1, repeat: 3, weights: e}
"""


@pytest.mark.exchange
@pytest.mark.parametrize("name", SPECS)
def test_keras_agrees(name: str) -> None:
    assert apart(cnnstat.loads(SPECS[name])) < 1e-9


LENT = """
input: [6, 8, 8]
blocks:
  pair:
    params: {filters: 4}
    layers:
      - {name: conv, type: conv, filters: $filters, kernel: 3, padding: 1}
      - {name: norm, type: batch_norm}
  nest:
    layers:
      - {name: inner, type: pair, repeat: 2}
      - {name: again, type: pair, repeat: 2, weights: inner}
layers:
  - {name: a, type: pair, repeat: 3, first: {filters: 4}}
  - {name: small, type: max_pool, kernel: 2}
  - {name: b, type: pair, weights: a.2}
  - {name: c, type: conv, filters: 4, kernel: 3, padding: 1, stride: 2, repeat: 2}
  - {name: layer, type: relu}
  - {name: d, type: conv, filters: 4, kernel: 3, padding: 1, stride: 2, repeat: 2, weights: c, from: a}
  - {name: both, type: add, from: [layer, layer]}
  - {name: e, type: conv, filters: 4, kernel: 3, padding: 1, stride: 2, repeat: 2, weights: e, from: d}
  - {name: up, type: upsample, scale: 4, from: d}
  - {name: f, type: nest, repeat: 2}
  - {name: g, type: nest, weights: f.1}
  - {name: h, type: pair, weights: f.0.inner.1}
outputs: [e, both, h]
"""


@pytest.mark.exchange
@pytest.mark.parametrize("text", [SHARED, LENT], ids=["shared", "lent"])
def test_shared_weights_are_stored_once(text: str) -> None:
    assert apart(cnnstat.loads(text)) < 1e-9


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_a_spec_are_no_code(text: str) -> None:
    """A name and a source stand in docstrings, whatever they say, and in a name that is an identifier."""
    spec = (
        "name: {0}\nsource: {0}\ninput: [3, 8, 8]\nlayers: [{{name: one, type: conv, filters: 2, kernel: 3}}]"
    )
    sources = [written(cnnstat.loads(spec.format(_quoted(each)))) for each in ("Plain", text)]
    titles = [main(each) for each in sources]
    assert all(title.isidentifier() for title in titles)
    pairs = zip(sources, titles, strict=True)
    bodies = [_bare(ast.parse(each)).replace(f"'{title}'", "'t'") for each, title in pairs]
    assert bodies[0] == bodies[1]


def _bare(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


@pytest.mark.parametrize(
    ("layers", "why"),
    {
        "{name: up, type: transposed_conv, filters: 4, kernel: 2, groups: 2}": "up: transposed_conv of 2",
        "{name: a, type: relu}, {name: b, type: conv, filters: 4, kernel: 3}, "
        "{name: c, type: conv, filters: 4, kernel: 3, stride: 2, weights: b}": "weights of 'b' in a layer",
    }.items(),
)
def test_what_keras_cannot_say_is_refused_by_name(layers: str, why: str) -> None:
    with pytest.raises(NoExportError, match=why):
        written(cnnstat.loads(f"input: [4, 8, 8]\nlayers: [{layers}]"))


def test_two_layers_of_one_name_are_refused() -> None:
    text = """
input: [4, 8, 8]
blocks: {two: {layers: [{name: conv, type: relu}]}}
layers: [{name: a_conv, type: relu}, {name: a, type: two}]
"""
    with pytest.raises(NoExportError, match="two layers that both become 'a_conv'"):
        written(cnnstat.loads(text))


UNREAD = """
input: [4, 8, 8]
outputs: [a]
blocks: {two: {layers: [{name: conv, type: conv, filters: 4, kernel: 1}, {name: norm, type: batch_norm}]}}
layers:
  - {name: a, type: two, repeat: 3}
  - {name: b, type: two}
  - {name: c, type: linear, axis: channels, units: 3, unused: true}
"""


def test_what_no_output_depends_on_is_said(tmp_path: Path) -> None:
    graph = cnnstat.loads(UNREAD)
    text = " ".join(written(graph).split())
    assert "No output depends on `b.conv` and `b.norm` and `c`, so the model is without them" in text
    assert "without 51 that no output depends on" in text
    network = cnnstat.Network(graph, seed=5)
    held = {
        "_".join(name.split(".")[:-1]) + name[name.rindex(".") :]: tensor
        for name, tensor in network.parameters.items()
        if name.startswith("a.")
    }
    save_weights(tmp_path / "w.npz", held)
    with pytest.raises(FileError, match=r"missing: b\.conv\.weight, b\.conv\.bias"):
        network.load_weights(tmp_path / "w.npz")


@pytest.mark.exchange
def test_load_names_what_a_file_lacks(tmp_path: Path) -> None:
    graph = cnnstat.loads("input: [2, 4, 4]\nlayers: [{name: a, type: conv, filters: 2, kernel: 1}]")
    model, names = made(written(graph))
    save_weights(tmp_path / "w.npz", {"a.weight": cnnstat.Network(graph).parameters["a.weight"]})
    with pytest.raises(KeyError, match=r"w\.npz lacks a\.bias"):
        names["load"](model, str(tmp_path / "w.npz"))


def test_names_of_keras_are_read_as_ours(tmp_path: Path) -> None:
    ours = cnnstat.Network("resnet20", seed=5)
    theirs = {}
    for name, tensor in reversed(ours.parameters.items()):
        head, _, tail = name.rpartition(".")
        theirs[f"{head.replace('.', '_')}.{tail}"] = tensor
    save_weights(tmp_path / "w.npz", theirs)
    again = cnnstat.Network("resnet20", seed=6)
    again.load_weights(tmp_path / "w.npz")
    assert all((ours.parameters[name] == tensor).all() for name, tensor in again.parameters.items())


@pytest.mark.exchange
def test_keras_is_as_it_was_afterwards() -> None:
    """The tests of this folder compute in float64; others of the process have what Keras has by itself."""
    keras = pytest.importorskip("keras")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    with in_float64():
        assert keras.config.dtype_policy().name == "float64"
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float32", "float32")
