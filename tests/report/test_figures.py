"""The table of figures: each has names of its own, and stands in layers, totals and columns."""

from __future__ import annotations

from cnnstat.analysis.model import COUNTED, KINDS, Counts
from cnnstat.base.figures import FIGURES, OF_NETWORK
from cnnstat.base.pages import figure_named, words
from cnnstat.layers import LAYERS
from cnnstat.report.columns import COLUMNS
from cnnstat.report.document import LayerEntry, TotalFigures
from cnnstat.spec import bundled


def test_every_figure_is_defined_once_under_names_of_its_own() -> None:
    assert len(set(words())) == len(words())
    assert not {*words()} & {*LAYERS}
    assert not {*words(), *LAYERS} & {*bundled.names()}
    for word, key in (
        ("MACs", "macs"),
        ("inference memory", "inference_memory_bytes"),
        ("rf", "receptive_field"),
    ):
        assert figure_named(word) == key
    assert figure_named("nothing") is None


def test_layers_totals_and_columns_have_the_figures_of_the_table() -> None:
    keys = {figure.layer_key or figure.key for figure in FIGURES.values()}
    of_layers = keys - set(OF_NETWORK)
    inside = {"field_stride", "field_padding"}  # parts of the field, in the JSON
    layer = {*LayerEntry.__struct_fields__} - {"leftover_input"}  # a part of the leftover
    assert layer - {"name", "type", "inputs", "folded_layers", "weights_of"} == of_layers - inside
    assert {*TotalFigures.__struct_fields__} == keys - inside - {"leftover"}
    assert set(COLUMNS) - {"name", "type", "inputs"} == of_layers - {"operations"}
    assert (*COUNTED, *KINDS) == Counts.__struct_fields__
