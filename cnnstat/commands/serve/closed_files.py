"""A process whose Python code opens no file but those of the program and one folder, and starts nothing.

What a page sends is text, and nothing in a spec names a file. This holds even where a reader is wrong about
that: Python asks here before it opens, changes or starts anything. It cannot be taken back.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import TYPE_CHECKING, Any

from cnnstat.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/dev/null", "/dev/urandom", "/proc/meminfo", "/proc/zoneinfo")
_OWN = ("stat", "statm", "status")
"""What is asked of the system, there and of this very process: how much memory there is, and is taken.

All else under /proc is none of a page's business: the environment and the files of any process stand there.
"""
_LISTING = ("os.listdir", "os.scandir")
_NEVER = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"),
    *("os.startfile", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown"),
    *("os.truncate", "os.utime", "os.chflags", "os.setxattr", "os.removexattr", "os.lockf", "os.chdir"),
    *("os.kill", "os.killpg", "signal.pthread_kill", "shutil.rmtree", "shutil.move", "shutil.copyfile"),
    *("socket.sendmsg", "socket.gethostbyname", "sqlite3.connect", "webbrowser.open", "ftplib.connect"),
    *("urllib.Request", "pty.spawn"),
)


def close_files(folder: Path) -> None:
    """Let this process read the program, its libraries and one folder, and nothing else, from now on."""
    sys.dont_write_bytecode = True
    sys.addaudithook(_hook(folder))


def _hook(folder: Path) -> Callable[[str, tuple[Any, ...]], None]:
    roots = tuple(f"{root}{os.sep}" for root in _roots(folder))
    single = frozenset((*_SYSTEM, *(f"/proc/{os.getpid()}/{name}" for name in _OWN)))

    def asked(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, int) and not _allowed(os.fsdecode(path), flags, roots, single):
                raise PermissionError(f"a page's request opens no files: {os.fsdecode(path)!r}")
        elif event in _LISTING:
            path = arguments[0]
            if not isinstance(path, int) and not _within(os.fsdecode(path or os.curdir), roots):
                raise PermissionError(f"a page's request lists no folders: {os.fsdecode(path or '')!r}")
        elif event in _NEVER:
            raise PermissionError(f"a page's request does nothing to the system: {event}")

    return asked


def _within(folder: str, roots: tuple[str, ...]) -> bool:
    return f"{os.path.realpath(folder)}{os.sep}".startswith(roots)


def _allowed(path: str, flags: int | None, roots: tuple[str, ...], single: frozenset[str]) -> bool:
    """Say whether a file may be opened: by where it really is, for `..` and links lead out of a path."""
    if path == os.devnull:
        return True
    if (flags or 0) & _CHANGING:
        return False
    real = os.path.realpath(path)
    return real in single or real.startswith(roots)


def _roots(folder: Path) -> set[str]:
    """Return the folders of the program, of Python and of installed packages, and the one that is given.

    The folder at hand, which Python may look for packages in, is none of them.
    """
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    python = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    here = os.path.realpath(os.curdir)
    known = {os.path.realpath(each) for each in (*python, *sys.path)} - {here}
    return known | {os.path.realpath(each) for each in (package, str(bundled.folder()), str(folder))}
