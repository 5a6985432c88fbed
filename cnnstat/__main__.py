"""python -m cnnstat, and what the installed program starts."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the program; an interrupt while it is still being imported ends as quietly as any other."""
    try:
        from cnnstat.cli import main as program  # noqa: PLC0415

        program()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
