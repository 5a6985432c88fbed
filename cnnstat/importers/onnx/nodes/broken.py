"""What of a damaged file is refused where a node is read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.nodes.value import named
from cnnstat.importers.onnx.stored.wire import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_broken(node: Any) -> Iterator[None]:
    """Raise whatever a node makes of a damaged file as that."""
    from onnx import checker  # noqa: PLC0415

    try:
        yield
    except BrokenFileError:
        raise
    except checker.ValidationError as error:
        why = str(error).split("\n")[0][:200]
        raise BrokenFileError(f"the node '{named(node)}' is not as its operator says: {why}") from None
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, StopIteration):
        raise BrokenFileError(f"the node '{named(node)}' does not fit what it reads") from None


def check_text(*names: object) -> None:
    """Refuse names that protobuf could not read as text, and left as bytes.

    Raises:
        BrokenFileError: there is one.
    """
    if any(isinstance(name, bytes) for name in names):
        raise BrokenFileError("has names that are no UTF-8 text")
