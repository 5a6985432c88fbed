"""What a sweep goes through: networks, what varies in them, and what is wanted of each; workers get it."""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.machines import Machine  # noqa: TC001 - msgspec reads it
from cnnstat.analysis.settings import Settings  # noqa: TC001 - msgspec reads it
from cnnstat.sweeps.networks.meaning import conditions, content

if TYPE_CHECKING:
    from cnnstat.base.arguments import Inputs


class Member(Struct, frozen=True):
    """One network before anything varies: the text of its spec and its name, a variant, and an input.

    ``label`` is what rows call it. The ``space:`` of the spec is that of the family: a variant that is asked
    for by its name has its own parameters in place of it.
    """

    label: str
    text: str
    file: str
    variant: str | None
    inputs: Inputs | None = None
    of_space: bool = True


class Plan(Struct, frozen=True, dict=True):
    """A sweep without its length, so that a longer one goes on where a shorter one ended.

    ``params`` are fixed, ``vary`` stands for what ``space:`` says of the same names, ``where`` are conditions
    on parameters. Without a ``seed`` the points are those of a grid. ``version`` is that of the program,
    ``machine`` the one that figures are for which need one.
    """

    members: tuple[Member, ...]
    params: dict[str, Any]
    vary: dict[str, str]
    where: tuple[str, ...]
    seed: int | None
    figures: tuple[str, ...]
    settings: Settings
    version: str
    machine: Machine | None = None

    @property
    def fingerprint(self) -> str:
        """Return a text that is another one wherever any figure, or the number of any point, might be.

        It is of what is written, not of how: comments and blanks of a spec, and blanks in conditions or the
        order of these, are left out. What varies keeps its order, by which points are numbered.
        """
        members = [replace(each, label="", file="", text=content(each.text)) for each in self.members]
        meant = msgspec.structs.asdict(self)
        meant |= {"members": members, "vary": [*self.vary.items()], "where": conditions(self.where)}
        encoded = msgspec.json.encode(meant, enc_hook=_plain, order="deterministic")
        return blake2b(encoded, digest_size=16).hexdigest()

    @property
    def encoded(self) -> bytes:
        """Return all that the points and their figures depend on."""
        return msgspec.json.encode(self, enc_hook=_plain)


def _plain(value: object) -> object:
    assert isinstance(value, Fraction)
    return str(value)
