"""The way in for models of other tools: a command takes one where it takes a spec.

A model becomes the text of a spec, which is then read as any other.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.spec import file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.draft import Draft

SUFFIX = ".onnx"


def is_model(spec: str) -> bool:
    """Say whether a SPEC names the file of a model."""
    return spec.lower().endswith(SUFFIX)


def read(spec: str, input_shape: Inputs | None = None) -> tuple[str, str, str | None]:
    """Return the text of a spec or of a model as one, its name, and which variant is meant.

    ``input_shape`` is the input that the network will be on: shapes within a model depend on it.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    if not is_model(spec):
        return file.read(spec)
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415 - a spec needs nothing of this

    return spec_text(drafted(spec, input_shape)).text, spec, None


def drafted(spec: str, input_shape: Inputs | None = None) -> Draft:
    """Return what was understood of a model's file.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    from cnnstat.importers.onnx import network  # noqa: PLC0415

    with _as_problem(spec) as path:
        return network.read(path, input_shape)


def weights(spec: str, input_shape: Inputs | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of a model, as NumPy arrays, under the names that they have in its spec.

    Raises:
        SpecError: the file cannot be read, or numbers are missing in it.
    """
    from cnnstat.importers.onnx.tensors import StoredTensors  # noqa: PLC0415
    from cnnstat.importers.spec_text import spec_text  # noqa: PLC0415

    found = drafted(spec, input_shape)
    paths = spec_text(found).paths
    with _as_problem(spec) as path:
        stored = StoredTensors(path)
        for layer in found.layers:
            for name, at in layer.tensors.items():
                yield f"{paths[layer.name]}.{name}", stored.array(at)


@contextmanager
def _as_problem(spec: str) -> Iterator[Path]:
    from cnnstat.importers.errors import ModelError  # noqa: PLC0415

    path, shown, _ = file.find(spec)
    with file.as_problem(shown):
        try:
            yield path
        except ModelError as error:
            raise _unread(shown, str(error)) from None
        except MemoryError:
            raise _unread(shown, "does not fit into memory") from None


def _unread(name: str, why: str) -> SpecError:
    return SpecError([Problem("model/unreadable", why, Span(Source(name, ""), 1, 1))])
