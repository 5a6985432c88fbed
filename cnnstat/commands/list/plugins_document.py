"""What packages add through entry points, as a document."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType

from cnnstat import rules
from cnnstat.base.plugins import Plugin, PluginError, Plugins, plugins
from cnnstat.commands.check import formats
from cnnstat.commands.trace.families import plugged as traces
from cnnstat.layers.plugged import PLUGINS
from cnnstat.report.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class ListedPlugin(Struct, frozen=True, kw_only=True):
    """One entry point."""

    package: str
    version: str
    adds: str
    """`layer type`, `kernel`, `trace`, `rule` or `format of check`."""
    name: str
    value: str
    """The object it stands for, as `module:name`."""
    about: str
    """The first line of what the object says of itself."""
    failed: str | UnsetType = UNSET
    """Only where it cannot be loaded: the reason."""


class PluginsDocument(Document, frozen=True, kw_only=True):
    """`list --plugins`: what packages add."""

    plugins: tuple[ListedPlugin, ...]


def plugins_document() -> PluginsDocument:
    """Return every plug-in that is installed; each is loaded."""
    found = sorted(_listed(), key=lambda each: each.package)
    return PluginsDocument(command="list", plugins=tuple(found))


def _listed() -> Iterator[ListedPlugin]:
    for group, (adds, load) in GROUPS.items():
        for plugin in plugins(group):
            about = ""
            failed: str | UnsetType = UNSET
            try:
                about = (inspect.getdoc(load(plugin)) or "").split("\n")[0]
            except PluginError as error:
                failed = error.reason
            yield ListedPlugin(
                package=plugin.package,
                version=plugin.version,
                adds=adds,
                name=plugin.name,
                value=plugin.value,
                about=about,
                failed=failed,
            )


def _kernel(plugin: Plugin) -> object:
    """Return the function of a kernel."""
    # Who adds no kernel does without NumPy.
    from cnnstat.executor.kernel import Kernel  # noqa: PLC0415
    from cnnstat.executor.kernels import KERNELS  # noqa: PLC0415

    def checked(name: str, value: object) -> object:
        if not isinstance(value, Kernel):
            raise TypeError(f"{value!r} is no cnnstat.executor.kernel.Kernel")
        return value.forward

    return Plugins(plugin.group, KERNELS, checked).loaded(plugin)


GROUPS: dict[str, tuple[str, Callable[[Plugin], Any]]] = {
    "cnnstat.layers": ("layer type", PLUGINS.loaded),
    "cnnstat.kernels": ("kernel", _kernel),
    "cnnstat.traces": ("trace", traces.PLUGINS.loaded),
    "cnnstat.rules": ("rule", rules.PLUGINS.loaded),
    "cnnstat.formats": ("format of check", formats.PLUGINS.loaded),
}
"""Every group of entry points: what its plug-ins add, and how one is loaded."""
