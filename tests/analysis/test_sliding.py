"""Fields of windows that slide on, in few steps, are those of the algebra of all patterns."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstat.analysis import fields
from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.layer_field import field_of
from cnnstat.analysis.long_patterns import LongPatterns
from cnnstat.analysis.receptive_field import UNLIKE, Field
from cnnstat.analysis.sliding import slid, slides
from cnnstat.base.limits import MAX_FIELD
from cnnstat.commands.summary.document import document
from cnnstat.graph.load import load
from cnnstat.layers.footprint import POINT, Bounds, window
from cnnstat.spec.bundled import folder

SHAPE = (3, 50, 40)
windows = st.just(POINT) | st.builds(
    window, st.integers(1, 4), st.integers(-5, 5), st.integers(1, 7), st.integers(1, 3)
)


@st.composite
def seen(draw: st.DrawFn) -> Field:
    """Draw a field that slides on."""
    axes = []
    for _ in range(2):
        low, advance = draw(st.integers(-30, 30)), draw(st.sampled_from((1, 2, 4)))
        axes.append((Bounds(advance, (low,), (low + draw(st.integers(0, 20)),)),))
    return Field(tuple(axes), aligned=draw(st.booleans()), alike=(UNLIKE, UNLIKE))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(seen(), st.tuples(windows, windows)), min_size=1, max_size=3))
def test_both_come_to_the_same(read: list[tuple[Field, tuple[Bounds, Bounds]]]) -> None:
    above, footprints = tuple(field for field, _ in read), tuple(footprint for _, footprint in read)
    assert all(map(slides, above))
    found = slid(footprints, above)
    if found is not None:
        shapes = (SHAPE,) * len(read)
        assert found == field_of("x", footprints, shapes, SHAPE, above, SHAPE[1:], LongPatterns(1))


def test_what_does_not_slide_is_left_to_the_algebra() -> None:
    own = Field(((POINT,), (POINT,)), alike=(UNLIKE, UNLIKE))
    far = window(MAX_FIELD + 1, 0, 1)
    two = Bounds(2, (0, 1), (0, 1))
    for footprints in (
        ("whole",),
        ((POINT,),),
        ((far, POINT),),
        ((two, POINT),),
        ((Bounds(0, (0,), (4,)),) * 2,),
    ):
        assert slid(footprints, (own,)) is None
    assert slid(((window(2, 0, 2), POINT), (POINT, POINT)), (own, own)) is None  # strides differ
    assert slides(own)
    for other in (
        Field(because="x"),
        Field(),
        Field(((POINT, Bounds(2, (0,), (1,))),), alike=(UNLIKE,)),
        Field(((Bounds(0, (0,), (4,)),),), whole=True, alike=(2,)),
        Field(((Bounds(1, (1,), (0,)),),), alike=(UNLIKE,)),
    ):
        assert not slides(other)


@pytest.mark.parametrize("name", sorted(path.stem for path in folder().glob("*.yaml")))
def test_reports_are_the_same_without_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = load(name)
    found = document(analyze_graph(graph), None)
    monkeypatch.setattr(fields, "slides", lambda field: False)
    wanted = document(analyze_graph(graph), None)
    assert msgspec.json.encode(found, enc_hook=str) == msgspec.json.encode(wanted, enc_hook=str)
