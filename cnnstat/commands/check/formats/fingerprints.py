"""What a finding is known by from one run to the next, wherever its line has moved to."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.commands.check.formats.sums import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.findings import Finding
    from cnnstat.commands.check.formats.medium import Medium


def with_fingerprints(document: CheckDocument, medium: Medium) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with its fingerprint, of which there is one of a kind.

    It is made of the code, the file and the text of the line; neither of the line's number nor of the
    message, whose figures change with other lines. Equal ones are numbered.
    """
    known: Counter[tuple[str, ...]] = Counter()
    for each in findings(document):
        key = (each.code, medium.path(each.file), " ".join(each.text.split()))
        known[key] += 1
        parts = "\0".join((*key, f"{known[key]}"))
        yield each, hashlib.sha256(parts.encode(errors="surrogatepass")).hexdigest()[:32]
