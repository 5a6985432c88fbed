"""What written pages repeat from the source: python -m tests.docs writes it anew.

docs/layers.md is made from the layers' own declarations, docs/rules.md from the files of the rules and
docs/json.md from the documents' classes; README.md and CHANGELOG.md count types and networks. Pictures are
what the commands above them draw.
"""

from __future__ import annotations

import re
from pathlib import Path

from cnnstat import rules
from cnnstat.layers import LAYERS, manual
from cnnstat.spec import bundled
from tests import pictures
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

## Exceptions

```yaml
layers:
  # cnnstat: ignore[rule/bias-before-norm] as the authors' code has it
  - {type: conv, filters: 64, kernel: 3}
  - {type: batch_norm}
  - {type: transposed_conv, filters: 3, kernel: 5, stride: 2}  # cnnstat: ignore[rule/checkerboard] Fig. 1
```

A comment leaves findings of its own line out, or, alone on a line, those of the next line that is no
comment; `# cnnstat: ignore-file[CODE] reason` is about the whole file. It names codes and a reason. One
without a reason, with an unknown code, or that nothing needs, is a finding itself. Rules and budgets can be
ignored. Problems of the spec itself cannot (`yaml/syntax`, `shape/too-small`, `expect/missed`): such a spec
cannot be read, or breaks its word.

## Mending

`cnnstat check --fix PATH` changes files in place where that is safe: while it is trained, the network puts
out the same whatever its weights, so it learns the same, and inputs, outputs and names stay. So a bias that
a norm takes off again is turned off, and a block or a parameter that nobody reads is taken out, but no
layer is removed. Weights that were stored with such a bias have to be loaded without it, and the running
mean of the norm less it. An entry is changed only if every network of the file that has it shows the
finding, and none of them leaves what matters to an expression or a `when:`. All else of the file stays byte
for byte, comments and layout too. What is mended is checked again, until nothing changes; with an error
that it did not have before, often an `expect:` that counts the bias, the file stays as it was and says so
(`fix/refused`). It is written beside the file and then put in its place, unless somebody has changed that
meanwhile (`fix/unwritten`). What is ignored or not shown is not mended, and neither are bundled networks by
their names. Of standard input (`--fix -`), the mended text is printed, and what was found goes to standard
error.

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
    pictures.draw_all()


if __name__ == "__main__":
    main()
