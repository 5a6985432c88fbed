"""Plug-ins: what other packages add through entry points.

They are looked for when something is asked for that is not built in, or all that there is, and are loaded one
by one, so that one that cannot be loaded stops no other. `importlib.metadata` is imported then, not before:
a start that asks for nothing else does not wait for it.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

Kind = TypeVar("Kind")


class PluginError(Exception):
    """A plug-in that cannot be loaded: ``comes from package P 1.2, which cannot be loaded: reason``.

    ``reason`` is the end of it alone, ``name`` that of the plug-in.
    """

    def __init__(self, plugin: Plugin, reason: str) -> None:
        self.name, self.reason = plugin.name, reason
        super().__init__(f"comes from package {plugin.origin}, which cannot be loaded: {reason}")


class Plugin(Struct, frozen=True):
    """An entry point: its name, the object that it stands for (``module:name``), and whose it is."""

    group: str
    name: str
    value: str
    package: str
    version: str

    @property
    def origin(self) -> str:
        """Return the package and its version."""
        return f"{self.package} {self.version}"

    def load(self) -> object:
        """Return the object.

        Raises:
            PluginError: whatever goes wrong.
        """
        from importlib.metadata import EntryPoint  # noqa: PLC0415 - see above

        try:
            return EntryPoint(self.name, self.value, self.group).load()
        except (Exception, SystemExit) as error:
            raise PluginError(self, f"{type(error).__name__}: {error}") from error


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """Return the plug-ins of a group by their names and packages; none of them is loaded."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - see above

    found = {
        Plugin(
            group, each.name, each.value, *((each.dist.name, each.dist.version) if each.dist else ("", ""))
        )
        for each in entry_points(group=group)
    }
    return tuple(sorted(found, key=lambda each: (each.name, each.package, each.value)))


class Plugins(Generic[Kind]):
    """The plug-ins of one group.

    None may have the name of what is ``builtin``, and of several of one name the first package's counts.
    ``checked`` returns what was loaded under a name, or raises any exception that says what is wrong with it.
    """

    def __init__(self, group: str, builtin: Container[str], checked: Callable[[str, object], Kind]) -> None:
        self.group, self._builtin, self._checked = group, builtin, checked
        self._loaded: dict[Plugin, Kind] = {}
        self._failed: dict[Plugin, str] = {}

    @cached_property
    def _first(self) -> dict[str, Plugin]:
        return {each.name: each for each in reversed(plugins(self.group))}

    def named(self, name: str) -> Kind | None:
        """Return what a name stands for; None where no package has such a plug-in.

        Raises:
            PluginError: one has, and it cannot be loaded.
        """
        return self.loaded(self._first[name]) if name in self._first else None

    def origin(self, name: str) -> str:
        """Return the package and the version that a name comes from; nothing for what is built in."""
        return "" if name in self._builtin else self._first[name].origin

    def every(self) -> dict[str, Kind]:
        """Return all that can be loaded, by name."""
        found: dict[str, Kind] = {}
        for each in plugins(self.group):
            try:
                found[each.name] = self.loaded(each)
            except PluginError:  # `cnnstat list --plugins` says why
                continue
        return found

    def failures(self) -> Iterator[PluginError]:
        """Yield what is wrong with those that cannot be loaded."""
        for each in plugins(self.group):
            try:
                self.loaded(each)
            except PluginError as error:
                yield error

    def loaded(self, plugin: Plugin) -> Kind:
        """Return what a plug-in stands for; it is loaded once, also where that fails.

        Raises:
            PluginError: it cannot be loaded, is of another kind, or its name is taken.
        """
        if plugin in self._failed:
            raise PluginError(plugin, self._failed[plugin])
        if plugin not in self._loaded:
            try:
                self._loaded[plugin] = self._load(plugin)
            except PluginError as error:
                self._failed[plugin] = error.reason
                raise
        return self._loaded[plugin]

    def _load(self, plugin: Plugin) -> Kind:
        if plugin.name in self._builtin:
            raise PluginError(plugin, f"'{plugin.name}' is built in")
        if (first := self._first[plugin.name]) != plugin:
            raise PluginError(plugin, f"'{plugin.name}' is taken by package {first.origin}")
        value = plugin.load()
        try:
            return self._checked(plugin.name, value)
        except Exception as error:
            raise PluginError(plugin, str(error)) from error
