"""What a page begins with: the file of a spec, a copy of a bundled network, or what was read of a model."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from cnnstat import __version__
from cnnstat.analysis.settings import OPTIMIZER_STATE
from cnnstat.base.dtypes import BYTES
from cnnstat.base.errors import Source, SpecError
from cnnstat.base.limits import MAX_SIZE
from cnnstat.base.text import visible
from cnnstat.commands.check.configuration import Configuration, read_configuration
from cnnstat.commands.check.spec_files import path_of
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

    ``file`` is the one that it may be saved to, None where there is none; ``configuration`` is what a project
    says of it, as it was when it was opened.
    """

    name: str
    text: str
    variant: str | None
    file: OpenedFile | None = None
    remarks: tuple[str, ...] = ()
    configuration: Configuration = Configuration()

    @property
    def stem(self) -> str:
        """Return what files that are made of the text are called, without their suffixes."""
        last = re.sub(r"\.(ya?ml|onnx)$", "", re.split(r"[/\\]", self.name)[-1], flags=re.IGNORECASE)
        return re.sub(r"[^A-Za-z0-9_.-]+", "_", last).strip("._")[:100] or "network"

    def start(self) -> StartDocument:
        """Return what a page begins with: of a file what is in it now."""
        state = FileState() if self.file is None else self.file.state()
        return StartDocument(
            version=__version__,
            name=self.name,
            stem=self.stem,
            text=self.text if self.file is None else state.text or "",
            variant=self.variant,
            digest=state.digest,
            trouble=state.trouble,
            saves=self.file is not None,
            dtypes=(*BYTES,),
            optimizers=(*OPTIMIZER_STATE,),
            batch_most=MAX_SIZE,
            remarks=self.remarks,
        )


def opened(spec: str | None) -> Opened:
    """Open a spec that a person has named on the command line; of `torch:...`, the code is run.

    Raises:
        SpecError: it cannot be read; ArgumentError: the configuration of the folder at hand cannot be.
    """
    name = spec or FIRST
    said = read_configuration(None, Path.cwd()).of_file(path_of(name))
    return replace(_opened(name), configuration=Configuration(severity=said.severity, budget=said.budget))


def _opened(name: str) -> Opened:
    if is_model(name):
        found = imported(name, {}, None, name=None, flat=False)
        return Opened(visible(name), found.text, None, remarks=found.said)
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
