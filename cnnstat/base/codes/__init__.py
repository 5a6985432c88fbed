"""Every code that stands before a problem, declared once: what it says, why, and the way out.

`cnnstat explain CODE` prints this text. Nothing else reads it, so no command but that one loads it; a test
holds that the codes in the source are these.
"""

from __future__ import annotations

from cnnstat.base.codes.code import Code
from cnnstat.base.codes.network import OF_NETWORKS
from cnnstat.base.codes.spec import OF_SPECS

CODES: dict[str, Code] = {code.key: code for code in (*OF_SPECS, *OF_NETWORKS)}
"""Every code by its key, in the order in which a spec is read."""

__all__ = ["CODES", "Code"]
