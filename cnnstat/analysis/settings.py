"""What figures depend on besides the network, stated once for Python and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from msgspec import Struct, structs

from cnnstat.base.arguments import check_choice, check_count, check_type
from cnnstat.base.dtypes import BYTES
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph
    from cnnstat.spec.choice import Spec

OPTIMIZER_STATE = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers an optimiser keeps for each trained parameter."""


class Settings(Struct, frozen=True):
    """``batch``, ``dtype`` and ``optimizer`` matter to memory; ``strict`` refuses sizes that are not whole.

    Without a ``dtype`` it is that of the spec. ``fields_of`` names the input that receptive fields are on, of
    several; without a name it is the first.

    Raises:
        ArgumentError: one of them is out of range.
    """

    batch: int = 1
    dtype: str = ""
    optimizer: str = "momentum"
    strict: bool = False
    fields_of: str | None = None

    def __post_init__(self) -> None:
        structs.force_setattr(self, "batch", check_count("batch", self.batch))
        check_choice("optimizer", self.optimizer, OPTIMIZER_STATE)
        if self.dtype != "":
            check_choice("dtype", self.dtype, BYTES)
        check_type("strict", self.strict, bool, "True or False")

    def on(self, spec: Spec) -> Settings:
        """Return what they are for a network, which may say itself what its numbers are."""
        return self if self.dtype else structs.replace(self, dtype=spec.family.dtype)


class NetworkOptions(TypedDict, total=False):
    """Keywords of every function that takes a spec: parameters in place of its own, and another input.

    ``params`` go with a spec that is not loaded yet, ``input_shape`` is one sample, channels first; of a
    network with several inputs those that change, by name.
    """

    params: Mapping[str, object] | None
    input_shape: Inputs | None


class Options(NetworkOptions, total=False):
    """Those, and the fields of `Settings`."""

    batch: int
    dtype: str
    optimizer: str
    strict: bool
    fields_of: str | None


def settled(spec: Graph | str | Path, options: Options) -> tuple[Graph, Settings]:
    """Return the network and the settings that keywords ask for.

    Raises:
        SpecError: the spec is wrong.
        ArgumentError: a keyword is out of range.
    """
    rest = dict(options)
    params, input_shape = rest.pop("params", None), rest.pop("input_shape", None)
    settings = Settings(**rest)  # type: ignore[arg-type]  # what is left are its fields
    return loaded(spec, params, input_shape), settings  # type: ignore[arg-type]
