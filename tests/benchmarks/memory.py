"""Hold the memory that `cnnstat run` estimates before it starts against what it really takes.

    python -m tests.benchmarks.memory [NETWORK ...]

Each network runs in a process of its own, once as it is and once with --check-grad where that is quick. Both
columns are what comes on top of the program itself: its estimate, and the growth of the process's resident
memory to its peak. A ratio below 1 would be an estimate that was too low. Linux only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TABLE = [list(range(64))] * 64
HOSTILE: dict[str, dict[str, Any]] = {
    "table": {
        "input": [64, 300, 300],
        "type": "conv",
        "filters": 64,
        "kernel": 3,
        "padding": 1,
        "table": TABLE,
    },
    "signal": {"input": [1, 11000], "type": "identity"},
    "adaptive": {"input": [1, 8], "type": "adaptive_avg_pool", "size": 1_000_000},
    "pyramid": {"input": [64, 64, 64], "type": "spatial_pyramid_pool", "levels": [1] * 32},
    "upsample": {"input": [8, 64, 64], "type": "upsample", "scale": 16, "mode": "bilinear"},
    "channels": {"input": [999, 32, 32], "type": "local_response_norm", "size": 99},
    "book": {"input": [20000], "type": "rbf", "units": 500},
}
"""Single layers that take far more than they read, store and put out, unless the executor takes care."""
NETWORKS = {
    "lenet5": ("lenet5",),
    "alexnet": ("alexnet",),
    "vgg16": ("vgg16",),
    "resnet34": ("resnet34",),
    "densenet121": ("densenet121",),
    "unet": ("unet", "--input", "1x572x572"),
    "mobilenet_v2": ("mobilenet-v2",),
    "googlenet": ("googlenet",),
    "lenet5, batch 4096": ("lenet5", "--batch", "4096"),
    "resnet34, batch 8": ("resnet34", "--batch", "8"),
    "resnet34, training, batch 4": ("resnet34", "--batch", "4", "--training"),
    "lenet5, gradients, batch 256": ("lenet5", "--batch", "256", "--check-grad"),
    "alexnet, gradients": ("alexnet", "--check-grad"),
    "mobilenet_v2 at 64x64, gradients": ("mobilenet-v2", "--input", "3x64x64", "--check-grad"),
}
MEGABYTE = 1 << 20


def peak() -> int:
    """Return the most bytes of memory that this process ever had."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return 1024 * int(found[1])


def one(arguments: list[str]) -> None:
    """Run once, in this process; print the estimate, the growth and the exit code as JSON."""
    from cnnstat.bridge.memory_limit import LIBRARIES, MemoryLimit, taken  # noqa: PLC0415
    from cnnstat.cli.group import cli  # noqa: PLC0415 - what this process imports is not to be measured

    seen: list[int] = []

    def noted(self: MemoryLimit, needed: int) -> None:
        seen.extend((needed + LIBRARIES, taken()))

    MemoryLimit.check = noted  # type: ignore[method-assign]
    try:
        code = cli.main(["run", *arguments, "-o", "/dev/null"], standalone_mode=False)
    except MemoryError:
        code = "out of memory"
    print(json.dumps([seen[0], peak() - seen[1], code or 0]))


def spec_of(name: str, folder: Path) -> str:
    """Write the spec of a single layer; return its path."""
    given = dict(HOSTILE[name])
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps({"input": given.pop("input"), "layers": [given]}))
    return str(path)


def measured(arguments: tuple[str, ...]) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.memory", "--one", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return "failed: " + (ended.stderr.strip() or ended.stdout)[-300:]
    estimate, growth, code = json.loads(ended.stdout.splitlines()[-1])
    share = f"{estimate / MEGABYTE:9.1f} {growth / MEGABYTE:9.1f} {estimate / growth:6.2f}"
    return share + (f"  exit {code}" if code else "") + ("" if estimate >= growth else "  TOO LOW")


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
        return
    names = (*NETWORKS, *HOSTILE)
    parser = argparse.ArgumentParser(description="Hold estimates of memory against what runs take.")
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"of {', '.join(names)}; default all")
    options = parser.parse_args()
    if unknown := set(options.networks) - set(names):
        parser.error(f"unknown network: {', '.join(sorted(unknown))}")
    print(f"{'MiB beside the program':32} {'estimate':>9} {'taken':>9} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.networks or names:
            arguments = NETWORKS.get(name) or (spec_of(name, Path(folder)),)
            print(f"{name:32} {measured(arguments)}", flush=True)


if __name__ == "__main__":
    main()
