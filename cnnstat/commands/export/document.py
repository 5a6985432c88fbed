"""What an export comes to -> document of `export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cnnstat.bridge.taken_weights import whose_weights
from cnnstat.commands.export.options import SOURCES
from cnnstat.report.document import NetworkDocument, head

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.commands.export.options import ExportOptions
    from cnnstat.commands.export.targets import Exported


class ExportDocument(NetworkDocument, frozen=True, kw_only=True):
    """`export`: the file that was written, and what is in it."""

    to: str
    form: Annotated[str, Meta(description="which version of it")]
    file: str
    bytes: Annotated[int, Meta(description="of the file, and of the one beside it if there is one")]
    beside: Annotated[str | None, Meta(description="the file that has the numbers, where one holds not all")]
    dtype: str
    numbers: Annotated[str, Meta(description="where they come from: `seed`, `file`, `model` or `none`")]
    weights: Annotated[str | None, Meta(description="the file or the model that they come from, or null")]
    seed: Annotated[int | None, Meta(description="null where they were not drawn")]
    params: int
    buffers: int
    holds: Annotated[dict[str, int], Meta(description="what is in the file, by the target's own words")]
    remarks: Annotated[
        tuple[str, ...], Meta(description="layers that are said in another way than in the spec")
    ]


def document(analysis: Analysis, exported: Exported, options: ExportOptions) -> ExportDocument:
    """Return what was written."""
    counts = analysis.totals.counts
    none = options.no_weights or options.to in SOURCES
    numbers, name = ("none", "") if none else whose_weights(options)
    return ExportDocument(
        command="export",
        **head(analysis),
        to=options.to,
        form=exported.form,
        file=str(options.file),
        bytes=len(exported.content) + sum(map(len, exported.beside)),
        beside=f"{options.file}.data" if exported.beside else None,
        dtype=options.dtype,
        numbers=numbers,
        weights=name or None,
        seed=options.seed if numbers == "seed" else None,
        params=counts.params,
        buffers=counts.buffers,
        holds=exported.holds,
        remarks=exported.remarks,
    )
