"""Write docs/layers.md from the layers' own declarations: python -m tests.layers.write_manual."""

from __future__ import annotations

from pathlib import Path

from cnnstat.layers import LAYERS, manual

HEAD = """# The layer types

Made from the layers' own declarations; `cnnstat explain TYPE` prints the same page. Every entry also takes
`name`, `from`, `when`, `repeat`, `first`, `frozen` and `expect` (see [spec.md](spec.md)).

"""


def main() -> None:
    """Write the file."""
    pages = "\n".join(manual.page(name, kind) for name, kind in LAYERS.items())
    (Path(__file__).parents[2] / "docs" / "layers.md").write_text(HEAD + pages, encoding="utf-8")


if __name__ == "__main__":
    main()
