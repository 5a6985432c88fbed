"""The library that ONNX's messages come from, imported when one is made."""

from __future__ import annotations

from typing import Any

from cnnstat.exporters.refusals import NoExportError


def onnx_library() -> Any:
    """Return onnx.

    Raises:
        NoExportError: it is not installed.
    """
    try:
        import onnx  # noqa: PLC0415 - an extra
        import onnx.helper  # noqa: PLC0415
        import onnx.numpy_helper  # noqa: PLC0415
    except ImportError as error:
        raise NoExportError("ONNX needs a library: pip install 'cnnstat[onnx]'") from error
    return onnx
