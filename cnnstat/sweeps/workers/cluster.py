"""The points of a sweep on the workers of a Dask cluster: the same batches by the same function.

Dask gives a batch to another worker where one is lost. What a scheduler had when it was lost is handed out
again once it is back.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plain
from cnnstat.cli.output import Undone
from cnnstat.sweeps.libraries import dask
from cnnstat.sweeps.networks.evaluator import Batch, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from cnnstat.sweeps.workers.batches import Work

SECONDS = 1.0
"""Of work in one batch: a thousand times what its way there and back takes."""

AHEAD = 3
"""Batches for each thread of a worker: one is worked on while others are on their way."""

BEHIND = 50
"""Batches for each thread that may wait for one before them: no more memory than this is taken by waiting."""

PATIENCE = 600.0
"""Seconds in which a scheduler may come back."""

_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}", re.ASCII)
_POLL = 0.5
_CONNECT = 5.0


def cluster_batches(
    work: Work, address: str, say: Callable[[str], None], patience: float = PATIENCE
) -> Generator[Batch, None, None]:
    """Yield the batches of some work, whichever is there first.

    Raises:
        Undone: nobody answers at the address, or workers fail in a way that another one would, too.
        ArgumentError: what was asked for does not go with a network, or with the program of the workers.
    """
    again: list[tuple[bytes, int, int]] = []
    if _ADDRESS.fullmatch(address) is None:
        raise ArgumentError(f"--scheduler: '{plain(address)}' is no address; write tcp://HOST:8786")
    client = _connected(address, _CONNECT * 2)
    if client is None:
        raise Undone(f"no scheduler answers at {plain(address)}; start one with 'dask scheduler'")
    try:
        while True:
            yield from _until_lost(client, work, again)
            if not again:
                return
            say(f"the scheduler at {address} is gone; waiting until it is back")
            _close(client)
            client = _connected(address, patience)
            if client is None:
                raise Undone(f"the scheduler at {plain(address)} did not come back in {patience:.0f} seconds")
            say("the scheduler is back")
    finally:
        if client is not None:
            _close(client)


def _until_lost(client: Any, work: Work, again: list[tuple[bytes, int, int]]) -> Iterator[Batch]:
    """Yield batches until there are no more, or the scheduler is lost: then ``again`` has what it had."""
    handed: dict[Any, tuple[bytes, int, int]] = {}
    arrived = threading.Event()
    while True:
        room = AHEAD * _threads(client)
        while len(handed) < room and (again or len(work.begun) < room * BEHIND):
            each = again.pop(0) if again else next(work, None)
            if each is None:
                break
            future = client.submit(evaluated, *each, pure=False)
            handed[future] = each
            future.add_done_callback(lambda _: arrived.set())
        if not handed:
            return
        for future in _finished(handed, arrived):
            if future.status != "finished":
                if _is_lost(client, future):
                    again += sorted(handed.values(), key=lambda each: each[1])
                    return
                raise _failed(future, handed[future])
            try:
                batch: Batch = future.result(timeout=_CONNECT)
            except Exception:  # the worker is lost before it has handed over
                if client.status != "running":
                    again += sorted(handed.values(), key=lambda each: each[1])
                    return
                continue
            del handed[future]
            future.release()
            work.took(batch)
            yield batch
        if client.status != "running":
            again += sorted(handed.values(), key=lambda each: each[1])
            return


def _finished(handed: dict[Any, Any], arrived: threading.Event) -> list[Any]:
    """Return the futures that are no longer worked on, none if that takes a while."""
    arrived.wait(_POLL)
    arrived.clear()
    return [future for future in handed if future.status != "pending"]


def _is_lost(client: Any, future: Any) -> bool:
    """Say whether a future is gone with its scheduler; another one has failed."""
    return client.status != "running" or future.status in ("cancelled", "lost")


def _failed(future: Any, each: tuple[bytes, int, int]) -> Exception:
    error = future.exception()
    if isinstance(error, ArgumentError | Undone):
        return error
    points = f"the points {each[1]:,} to {each[2] - 1:,}"
    if type(error).__name__ == "KilledWorker":
        return Undone(f"{points} ended several workers, mostly for want of memory; give workers more of it")
    if isinstance(error, ImportError):
        return Undone(f"a worker cannot import the program: {plain(str(error))}; install cnnstat there")
    return Undone(f"a worker failed at {points}: {plain(f'{type(error).__name__}: {error}')}")


def _threads(client: Any) -> int:
    """Return how many batches the cluster works on at once; at least one, as workers may still come."""
    with suppress(Exception):
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(int(worker["nthreads"]) for worker in workers))
    return 1


def _connected(address: str, patience: float) -> Any:
    """Return a client of a scheduler, None where none answers in time."""
    library = dask()
    for name in [*logging.root.manager.loggerDict]:
        if name.split(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what is to be said is said here
    until = time.monotonic() + patience
    while True:
        try:
            return library.Client(address, timeout=_CONNECT, set_as_default=False, heartbeat_interval=1000)
        except (OSError, TimeoutError):
            if time.monotonic() > until:
                return None
            time.sleep(_POLL)


def _close(client: Any) -> None:
    with suppress(Exception):
        client.close(timeout=1)
