"""The columns of layer tables: each declared once, for every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.report.model import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from cnnstat.analysis import Row, Totals
    from cnnstat.layers.base import Shape

RECEPTIVE = (
    "receptive field, effective stride and padding of one unit, in input pixels (Araujo, Norris, Sim,"
    " Distill 2019); 'all': the whole input"
)

COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("name", "layer", "text"),
        Column("type", "type", "text", rank=5),
        Column("inputs", "inputs", "text", rank=9),
        Column("output_shape", "output", "shape", "one sample, channels first", rank=1),
        Column(
            "params",
            "params",
            convention="weights, biases, scale and shift; running statistics are not",
            rank=2,
        ),
        Column("trainable", "trainable", convention="params that training changes", rank=8),
        Column("buffers", "buffers", convention="stored numbers without a gradient", rank=8),
        Column(
            "macs",
            "MACs",
            convention="multiply-adds for one sample; bias excluded, taps on zero padding included",
            rank=3,
        ),
        Column("padding_macs", "on padding", convention="MACs whose tap falls on zero padding", rank=8),
        Column("flops", "FLOPs", convention="2 x MACs, a count and not a rate", rank=7),
        Column(
            "connections",
            "connections",
            convention="inputs each unit reads, plus one for its bias (LeCun 1998); padding excluded",
            rank=6,
        ),
        Column("activations", "activations", convention="numbers put out for one sample", rank=8),
        Column("receptive_field", "field", "text", RECEPTIVE, rank=7),
        Column("field_stride", "stride", "sizes", rank=4),
        Column("field_padding", "padding", "sizes", rank=4),
        Column(
            "leftover", "leftover", "sizes", "rows and columns no window covers, padding included", rank=8
        ),
        Column("share", "share", "share", rank=4),
        Column("bar", "", "bar", rank=9),
    )
}

SUMMARY = ("name", "type", "output_shape", "params", "macs", "connections", "receptive_field")
CHOICES = tuple(key for key in COLUMNS if key not in ("share", "bar"))


def conventions(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what the figures of columns mean, a line each."""
    return tuple(f"{column.title}: {column.convention}" for column in columns if column.convention)


def cell(row: Row, key: str) -> Any:
    """Return a row's raw value for a column."""
    return _CELLS[key](row)


def count(holder: Row | Totals, key: str) -> Any:
    """Return a figure that adds up; None for columns that do not."""
    return getattr(holder.counts, key, None)


def field_text(row: Row | Totals) -> str | None:
    """Return the size of a field, ``all`` for the whole input, or because of which layer it is unknown."""
    if row.field.whole:
        return "all"
    if row.field.because is not None:
        return f"unknown because of {row.field.because}"
    sizes = row.field.sizes(row.output_shape)
    text = "×".join(map(str, sizes))
    return text if row.field.aligned else f"{text}, not aligned"


def field_data(row: Row | Totals, input_shape: Shape) -> dict[str, Any]:
    """Return the receptive field as the JSON contract has it."""
    field = row.field
    if field.whole:
        whole = list(input_shape[1:]) or None
        return {"size": whole, "stride": None, "padding": None, "aligned": field.aligned, "global": True}
    if field.because is not None:
        unknown = {"size": None, "stride": None, "padding": None, "aligned": None, "global": False}
        return {**unknown, "unknown_because_of": field.because}
    return {
        "size": list(field.sizes(row.output_shape)),
        "stride": [None if s is None else exact(s) for s in field.strides],
        "padding": list(field.paddings),
        "aligned": field.aligned,
        "global": False,
    }


def exact(value: Fraction) -> int | float:
    """Return a fraction as an integer where it is one."""
    return value.numerator if value.denominator == 1 else float(value)


def _known(row: Row, value: Callable[[], Any]) -> Any:
    return value() if row.field.known else None


_CELLS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.name,
    "type": lambda row: row.type,
    "inputs": lambda row: row.inputs,
    "output_shape": lambda row: row.output_shape,
    "receptive_field": field_text,
    "field_stride": lambda row: _known(row, lambda: row.field.strides),
    "field_padding": lambda row: _known(row, lambda: row.field.paddings),
    "leftover": lambda row: row.leftover if any(row.leftover) else None,
    **{
        key: (lambda row, key=key: count(row, key))  # type: ignore[misc]
        for key in (
            "params",
            "trainable",
            "buffers",
            "macs",
            "padding_macs",
            "flops",
            "connections",
            "activations",
        )
    },
}
