"""The libraries of the extra `serve`, looked for before anything else is done."""

from __future__ import annotations

from importlib.util import find_spec


def missing() -> str:
    """Return what is not installed, and how to get it; nothing where all is there."""
    lacking = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    return f"a page is served by {' and '.join(lacking)}: pip install 'cnnstat[serve]'" if lacking else ""
