"""What a page begins with: the file of a spec, a copy of a bundled network, or what was read of a model."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from cnnstat import __version__
from cnnstat.base.errors import Source, SpecError
from cnnstat.base.text import visible
from cnnstat.commands.import_.imported import imported
from cnnstat.commands.serve.document import StartDocument
from cnnstat.commands.serve.opened_file import FileState, OpenedFile
from cnnstat.importers import is_model
from cnnstat.spec import bundled, file
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

FIRST = "lenet5"
"""The network that a page begins with where none is named."""


class Opened(Struct, frozen=True):
    """A text under a name as it is shown.

    ``file`` is the one that it may be saved to, None where there is none.
    """

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
        return Opened(visible(spec), found.text, None, remarks=found.said)
    name = spec or FIRST
    text, shown, variant = file.read(name)
    _check(text, shown, variant)
    if name == "-" or not Path(shown).exists():  # a bundled network is nobody's to change
        return Opened(visible(shown), text, variant or _variant(name))
    return Opened(visible(shown), text, variant, OpenedFile(Path(shown)))


def _check(text: str, shown: str, variant: str | None) -> None:
    """Refuse a variant that the text has not; what else is wrong with it, the page shows.

    Raises:
        SpecError: it has no such variant.
    """
    try:
        family = read_family(Source(shown, text))
    except SpecError:
        return
    if variant is not None and variant not in family.variants:
        choose(family, variant, {})


def _variant(name: str) -> str | None:
    """Return which variant of its family's text a bundled network is."""
    found = bundled.locate(name)
    return found[1] if found else None
