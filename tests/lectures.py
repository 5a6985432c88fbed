"""The worked examples of the lectures, as tests read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

REFERENCE = Path(__file__).parent / "reference" / "lectures.yaml"
EXAMPLES: dict[str, dict[str, Any]] = {
    example["id"]: example for example in yaml.safe_load(REFERENCE.read_text("utf-8"))
}


def right(example: str) -> Any:
    return EXAMPLES[example]["recomputed"]


def spec(size: str, *layers: str) -> str:
    """Return the text of a network of these layers, each the inside of a flow mapping."""
    body = "".join(f"  - {{{layer}}}\n" for layer in layers)
    return f"input: {size}\nlayers:\n{body}"
