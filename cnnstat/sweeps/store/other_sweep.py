"""In words: what is different between the sweep that a store has and the one that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import listed, plain
from cnnstat.sweeps.networks.meaning import conditions, content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cnnstat.sweeps.networks.plan import Plan


def another_sweep(path: Path, was: Mapping[str, Any], plan: Plan) -> str:
    """Return what to say of a store whose plan is another one; ``was`` is that plan, as it is stored."""
    now: dict[str, Any] = json.loads(plan.encoded)
    found = plain("; ".join(_differences(was, now)))
    if not found:
        return f"{path} has the points of another sweep"
    ways = ["Name another file, or ask for that sweep"]
    if conditions(was["where"]) != conditions(now["where"]):
        ways.insert(0, f"'cnnstat query {path} CONDITION' asks the points that it has")
    return f"{path} is the store of another sweep: {found}. {'. '.join(ways)}"


def _differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if was["version"] != now["version"]:
        yield f"it was begun by cnnstat {was['version']}, this is {now['version']}"
    yield from _of_members(was["members"], now["members"])
    if was["params"] != now["params"]:
        yield f"under --set it has {_settled(was['params'])}, not {_settled(now['params'])}"
    names = [
        name for name in {**was["vary"], **now["vary"]} if was["vary"].get(name) != now["vary"].get(name)
    ]
    for name in names:
        yield f"under --vary it has {_varied(name, was['vary'])}, not {_varied(name, now['vary'])}"
    if not names and [*was["vary"]] != [*now["vary"]]:
        yield f"it varies {', '.join(was['vary'])} in this order"
    if conditions(was["where"]) != conditions(now["where"]):
        asked = " and ".join(was["where"])
        yield f"it has {f'the conditions {asked}' if asked else 'no conditions'} on parameters"
    if was["seed"] != now["seed"]:
        yield f"it is {_drawn(was['seed'])}, not {_drawn(now['seed'])}"
    if was["figures"] != now["figures"]:
        yield f"it has the figures {', '.join(was['figures'])}"
    for name, value in now["settings"].items():
        if was["settings"].get(name) != value:
            yield f"its {name} is {_word(was['settings'].get(name))}, not {_word(value)}"
    if was.get("machine") != now.get("machine"):
        yield "it is for another machine"


def _of_members(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what is different of networks: which they are, or which of their specs."""
    labels, others = ([member["label"] for member in members] for members in (was, now))
    if labels != others:
        yield f"it has the networks {listed(labels)}"
    for one, other in zip(was, now, strict=False) if labels == others else ():
        if one["inputs"] != other["inputs"]:
            yield f"{one['label']} has the input {_word(one['inputs'])} there, not {_word(other['inputs'])}"
        elif content(one["text"]) != content(other["text"]) or _read(one) != _read(other):
            yield f"the spec of {one['label']} has changed"


def _read(member: Mapping[str, Any]) -> tuple[Any, ...]:
    return member["variant"], member["of_space"]


def _settled(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_word(value)}" for name, value in params.items()) or "nothing"


def _varied(name: str, vary: Mapping[str, str]) -> str:
    return f"{name}={vary[name]}" if name in vary else f"no {name}"


def _drawn(seed: int | None) -> str:
    return "a grid" if seed is None else f"a sample by the seed {seed}"


def _word(value: object) -> str:
    if value is None or value == "":
        return "that of the spec"
    return value if isinstance(value, str) else json.dumps(value)
