"""Hostile files: weights, arrays and pictures that were whole once, through the readers of `run`."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from cnnstat.bridge.program import Network
from cnnstat.commands.check.formats import FORMATS
from cnnstat.graph.load import loads
from cnnstat.tensors import FileError, matched, read_array, read_image, read_weights
from tests.fuzz import hostile_bytes as made
from tests.fuzz.commands import check_ending, ended, report_of
from tests.fuzz.findings import Finding, Fuzzer, memory, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn

    from cnnstat.executor.kernel import Array

SECONDS = 10.0
MEMORY = 200 << 20
"""Bytes: three times what a small file may unpack to, for it is held, looked through and put into a type."""

SPEC = """
input: [2, 5, 4]
layers:
  - {name: conv, type: conv, filters: 3, kernel: 3}
  - {name: norm, type: batch_norm}
  - {name: conv2, type: conv, filters: 3, kernel: 1}
  - {name: conv3, type: conv, filters: 3, kernel: 1}
"""


@dataclass(frozen=True)
class File:
    """A file by its suffix, and the shape of the input that it is read for."""

    suffix: str
    content: bytes
    shape: tuple[int, ...]

    def saved(self) -> tuple[str, bytes]:
        return self.suffix, self.content

    def __str__(self) -> str:
        option = {".npy": "--array", ".png": "--image", ".jpg": "--image"}.get(self.suffix, "--weights")
        sizes = "x".join(map(str, self.shape))
        return f"cnnstat run --input {sizes} {option} FILE{self.suffix}, of {len(self.content):,} bytes"


@cache
def _network() -> Network:
    return Network(loads(SPEC))


@contextmanager
def _written(example: File) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / f"file{example.suffix}"
        path.write_bytes(example.content)
        yield path
    finally:
        shutil.rmtree(folder)


def check(example: File) -> str:
    """Read a file: it is what it says, or refused in one line; as a spec it is refused in every format."""
    _network()
    _check_as_spec(example)
    what = f"a file of {example.suffix}"
    with _written(example) as path, seconds(SECONDS, what), memory(MEMORY, what):
        try:
            arrays = _arrays(example, path)
        except FileError as error:
            return _refused(path, str(error))
    if any(array.dtype.kind not in "fiu" or not np.isfinite(array).all() for array in arrays):
        raise Finding(f"{what} gives other than finite numbers")
    return f"read {example.suffix}"


NAMES = (
    b"file",
    b"::error::",
    b"##vso[x]",
    b"]]>",
    b"<b>|`",
    b"\xff\xfe",
    b"a\nb",
    b"\x1b[31m",
    b"%0A,=",
    b"=x()",
)
"""Names that files may have, too."""


def _check_as_spec(example: File) -> None:
    number = len(example.content)
    form = FORMATS[number % len(FORMATS)]
    name = os.fsdecode(NAMES[number // len(FORMATS) % len(NAMES)] + example.suffix.encode())
    with _written(example) as path, seconds(SECONDS, "check"), memory(MEMORY, "check"):
        line = ("check", str(path.rename(path.with_name(name))), "--format", form)
        end = ended(line, b"")
    check_ending(line, end)
    if end.code != 1:
        raise Finding("check takes a file of numbers for a spec")
    if form == "json" and any(os.path.basename(each.file) != name for each in report_of(line, end)):
        raise Finding("check names another file", ascii(name))


def _arrays(example: File, path: Path) -> list[Array]:
    if example.suffix == ".npy":
        return [read_array(path, example.shape)]
    if example.suffix in (".png", ".jpg"):
        return [read_image(path, example.shape)]
    network = _network()
    tensors = read_weights(path)
    found = matched(network.parameters, tensors, path.name)
    if found.keys() != network.parameters.keys():
        raise Finding("matched weights are not those of the network")
    return [*found.values()]


def _refused(path: Path, message: str) -> str:
    if not message.isprintable() or len(message) > 2_000:
        raise Finding("a file is refused in more than one line", ascii(message[:500]))
    if path.name not in message:
        raise Finding("a file is refused without its name", message)
    if "fit into memory" in message:
        raise Finding("a small file asks for more memory than there is", message)
    return f"refused {path.suffix}"


_PICTURED = st.sampled_from(((1, 4, 5), (3, 4, 5), (1, 1, 1), (2, 3, 3), (7,), (3, 200, 2)))
_INPUTS = st.sampled_from(((2, 3, 4), (3,), (2, 5), (1, 1, 1)))


def _tensors() -> made.Tensors:
    return [(name, tensor.shape) for name, tensor in _network().parameters.items()]


@st.composite
def files(draw: DrawFn) -> File:
    """Draw a file."""
    suffix = draw(st.sampled_from((".npz", ".npy", ".safetensors", ".png", ".jpg")))
    shape: tuple[int, ...] = (2, 5, 4)
    if suffix == ".npy":
        shape = draw(_INPUTS)
        batch = draw(st.sampled_from(((), (1,), (3,), (0,))))
        content = made.npy(draw, (*batch, *shape) if draw(st.integers(0, 3)) else made.some_shape(draw))
    elif suffix == ".npz":
        content = made.npz(draw, _tensors())
    elif suffix == ".safetensors":
        content = made.safetensors(draw, _tensors())
    else:
        shape = draw(_PICTURED)
        content = made.png(draw) if suffix == ".png" else made.jpg(draw)
    return File(suffix, made.sometimes(draw, content), shape)


FUZZER = Fuzzer(files(), check)
