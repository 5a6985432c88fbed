"""Libraries that only a sweep needs, each imported when it is used; a message says what to install."""

from __future__ import annotations

from typing import Any

from cnnstat.cli.output import Undone


def duckdb() -> Any:
    """Return the library of stores.

    Raises:
        Undone: it is not installed.
    """
    try:
        import duckdb as library  # noqa: PLC0415
    except ImportError:
        raise _missing("duckdb", "--store needs", "sweep") from None
    return library


def arrow() -> Any:
    """Return the library of tables in columns.

    Raises:
        Undone: it is not installed.
    """
    try:
        import pyarrow as library  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise _missing("pyarrow", "stores and Parquet need", "sweep") from None
    return library


def dask() -> Any:
    """Return the library of clusters.

    Raises:
        Undone: it is not installed.
    """
    try:
        import distributed as library  # noqa: PLC0415
    except ImportError:
        raise _missing("distributed", "--scheduler needs", "cluster") from None
    return library


def _missing(library: str, who: str, extra: str) -> Undone:
    return Undone(f"{who} the library {library}; install it with pip install 'cnnstat[{extra}]'")
