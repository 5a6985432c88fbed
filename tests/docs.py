"""What written pages repeat from the source: python -m tests.docs writes it anew.

docs/layers.md is made from the layers' own declarations, docs/rules.md from the files of the rules and
docs/json.md from the documents' classes; README.md and CHANGELOG.md count types and networks.
"""

from __future__ import annotations

import re
from pathlib import Path

from cnnstat import rules
from cnnstat.layers import LAYERS, manual
from cnnstat.spec import bundled
from tests.report import json_pages

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "docs" / "layers.md"
RULES = ROOT / "docs" / "rules.md"
COUNTING = (ROOT / "README.md", ROOT / "CHANGELOG.md")

_HEAD = """# The layer types

Made from the layers' own declarations; `cnnstat explain TYPE` prints the same page. Every entry also takes
`name`, `from`, `when`, `repeat`, `first`, `frozen` and `expect` (see [spec.md](spec.md)).

"""


_HEAD_OF_RULES = """# The rules of `cnnstat check`

Made from the files of the rules; `cnnstat explain CODE` prints the same page. A warning is nearly always a
mistake, an info is good to know.

"""


def catalogue() -> str:
    """Return docs/layers.md."""
    return _HEAD + "\n".join(manual.page(name, kind) for name, kind in LAYERS.items())


def rule_pages() -> str:
    """Return docs/rules.md."""
    return _HEAD_OF_RULES + "\n".join(rules.page_of(code) for code in rules.CODES)


def counted(text: str) -> str:
    """Return a text with its numbers of types, networks and files as they are now."""
    text = re.sub(r"\d+(?= layer\s+types)", str(len(LAYERS)), text)
    text = re.sub(r"\d+(?= bundled\s+networks)", str(len(bundled.names())), text)
    return re.sub(r"(?<=bundled networks in )\d+", str(len(list(bundled.folder().glob("*.yaml")))), text)


def main() -> None:
    """Write the files."""
    CATALOGUE.write_text(catalogue(), encoding="utf-8")
    RULES.write_text(rule_pages(), encoding="utf-8")
    json_pages.FILE.write_text(json_pages.pages(), encoding="utf-8")
    for path in COUNTING:
        path.write_text(counted(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
