"""Files that a page gives away, made in memory; and the model of another tool that it is given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError
from cnnstat.commands.export.exported import exported
from cnnstat.commands.export.options import ExportOptions
from cnnstat.commands.import_.imported import imported
from cnnstat.commands.report.finding_entries import Checks
from cnnstat.commands.report.html import html
from cnnstat.commands.report.networks import Reported
from cnnstat.commands.report.pages import Wanted, pages_of
from cnnstat.commands.serve.document import ReadDocument
from cnnstat.commands.serve.jobs import Answer, Ending
from cnnstat.page.assets import assets

if TYPE_CHECKING:
    from cnnstat.commands.serve.asked_network import AskedNetwork
    from cnnstat.commands.serve.requests import AsFile, OfText

BYTES = "application/octet-stream; charset=binary"
SUFFIXES = {"onnx": ".onnx", "pytorch": ".py", "keras": ".py"}


def report(asked: OfText, of: AskedNetwork) -> Answer:
    """Return the file that `cnnstat report` writes of the network."""
    networks = (Reported(of.analysis.name, of.name, of.analysis),)
    pages = pages_of(networks, Wanted(), Checks(of.configuration))
    text = html(pages.document, pages.networks, assets("report"))
    return Answer(Ending.GOOD, text.encode(), "text/html; charset=utf-8", f"{of.stem}.html")


def export(asked: AsFile, of: AskedNetwork) -> Answer:
    """Return the file that `cnnstat export` writes of the network.

    Raises:
        NoExportError: the target cannot say it.
        RefusedError: it takes too much memory.
        FileError: it would be two files.
    """
    file = Path(f"{of.stem}{SUFFIXES[asked.to]}")
    options = ExportOptions(file=file, to=asked.to, no_weights=not asked.weights)
    _, made = exported(of.analysis.graph, options)
    if made.beside:
        raise FileError(file, "would have its numbers in a second file; 'cnnstat export' writes both")
    return Answer(Ending.GOOD, made.content, BYTES, file.name)


def read_model(path: str, name: str) -> ReadDocument:
    """Return the spec of an .onnx file, and what is to be said of it.

    Raises:
        SpecError: it is none, or no network.
    """
    found = imported(path, {}, None, name=re.sub(r"\.onnx$", "", name), flat=False)
    remarks = tuple(each.replace(path, name) for each in found.said)
    return ReadDocument(text=found.text, variant=None, remarks=remarks)
