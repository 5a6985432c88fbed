"""What a page begins with: the file of a spec, a copy of a bundled network, or what was read of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import __version__
from cnnstat.commands.import_.imported import imported
from cnnstat.commands.serve.document import StartDocument
from cnnstat.commands.serve.opened_file import FileState, OpenedFile
from cnnstat.importers import is_model
from cnnstat.spec import bundled, file

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "lenet5"
"""The network that a page begins with where none is named."""


class Opened(Struct, frozen=True):
    """A text under a name; ``file`` is the one that it may be saved to, None where there is none."""

    name: str
    text: str
    variant: str | None
    file: OpenedFile | None = None
    remarks: tuple[str, ...] = ()

    def start(self) -> StartDocument:
        """Return what a page begins with: of a file what is in it now."""
        state = FileState() if self.file is None else self.file.state()
        return StartDocument(
            version=__version__,
            name=self.name,
            text=self.text if self.file is None else state.text or "",
            variant=self.variant,
            known=state.known,
            trouble=state.trouble,
            saves=self.file is not None,
            remarks=self.remarks,
        )


def opened(spec: str | None) -> Opened:
    """Open a spec that a person has named on the command line; of `torch:...`, the code is run.

    Raises:
        SpecError: it cannot be read.
    """
    if spec is not None and is_model(spec):
        found = imported(spec, {}, None, name=None, flat=False)
        return Opened(spec, found.text, None, remarks=found.said)
    name = spec or FIRST
    text, shown, variant = file.read(name)
    path = file.find(name)[0]
    if name == "-" or _is_bundled(path):
        return Opened(shown, text, variant)
    return Opened(shown, text, variant, OpenedFile(path))


def _is_bundled(path: Path) -> bool:
    """Say whether a file came with the program: it is nobody's to change."""
    return path.resolve().is_relative_to(bundled.folder().resolve())
