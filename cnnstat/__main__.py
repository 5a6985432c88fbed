"""python -m cnnstat, and what the installed program starts."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Any, NoReturn


def main() -> NoReturn:
    """Run the program; an interrupt while it is still being imported ends as quietly as any other."""
    gc.disable()  # a short process builds frozen values, which have no cycles to collect
    for ending in ("SIGTERM", "SIGHUP"):  # of which Windows knows the first
        number = getattr(signal, ending, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        from cnnstat.cli import main as program  # noqa: PLC0415

        program()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if not gc.isenabled():  # a command that runs for minutes has enabled it
            gc.freeze()  # nor does the interpreter look for cycles while it ends


def _end(number: int, frame: Any) -> NoReturn:
    """End as an exception does: what was half written is removed."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
