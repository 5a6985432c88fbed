"""Totals that are composed of pieces are those that the walk finds, layer by layer."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from msgspec.structs import replace

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import Pieces, Unknown, totals
from cnnstat.analysis.composition import (
    affine,
    alive,
    compose,
    fields_within,
    form_builder,
    network_fields,
    refused,
    units,
    way_back,
)
from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import Source, SpecError
from cnnstat.base.figures import COUNTS, OF_NETWORK
from cnnstat.graph.load import load, loads
from cnnstat.graph.model import build
from cnnstat.spec.bundled import folder
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family
from tests.analysis.composition.hard import COMPOSED, SHARING, UNFIT, UNLIKE, WALKED, WRONG
from tests.analysis.composition.walked import assert_as_walked
from tests.fuzz.networks import networks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnstat.spec.choice import Spec
    from tests.fuzz.pieces import Drawn


@pytest.mark.parametrize("name", sorted(path.stem for path in folder().glob("*.yaml")))
def test_a_bundled_family_comes_to_the_figures_of_the_walk(name: str) -> None:
    family, pieces = load(name).spec.family, Pieces()
    for variant in family.variants or (None,):
        assert_as_walked(build(choose(family, variant, {})), pieces=pieces)
    assert pieces.walked == 0


@pytest.mark.parametrize("name", sorted(path.stem for path in folder().glob("*.yaml")))
def test_footprints_show_of_most_networks_that_their_field_is_no_upper_bound(name: str) -> None:
    graph, pieces = load(name), Pieces()
    found = totals(graph.spec, pieces=pieces, figures=["receptive_field", "field_is_bound"])
    assert pieces.walked == 0
    assert len(pieces.fields.bounds) == (name in {"fcn32s", "shufflenet-v2"})
    assert isinstance(found.figure("field_is_bound"), Unknown) or found.figure("field_is_bound") == (
        name == "shufflenet-v2"
    )


def test_what_units_see_is_looked_at_once_for_networks_that_differ_in_channels_alone() -> None:
    family, pieces = load("shufflenet-v2").spec.family, Pieces()
    for classes in (10, 20, 500):
        assert_as_walked(build(choose(family, None, {"classes": classes})), pieces=pieces)
        found = totals(choose(family, None, {"classes": classes}), pieces=pieces, figures=["field_is_bound"])
        assert found.figure("field_is_bound") == 1
    assert len(pieces.fields.bounds) == 1
    halved = choose(loads(HALVED).spec.family, None, {})
    for kernels in ((1, 1), (1, 3), (3, 3), (3, 1)):
        spec = choose(halved.family, None, dict(zip("ab", kernels, strict=True)))
        assert_as_walked(build(spec), pieces=pieces)
        found = totals(spec, pieces=pieces, figures=["field_is_bound"])
        assert found.figure("field_is_bound") == (kernels[0] != kernels[1])


HALVED = """
input: [2, 9, 9]
params: {a: 1, b: 1}
layers:
  - {name: one, type: conv, filters: 2, kernel: $a, padding: same}
  - {name: other, type: conv, filters: 2, kernel: $b, padding: same, from: input}
  - {name: both, type: concat, from: [one, other]}
  - {name: half, type: split, parts: 2, take: 1}
"""


@pytest.mark.parametrize("name", COMPOSED)
def test_hard_networks_are_put_together(name: str) -> None:
    graph = loads(COMPOSED[name])
    assert assert_as_walked(graph).walked == 0
    assert_as_walked(graph, Settings(batch=3, dtype="float16", optimizer="adam"))


@pytest.mark.parametrize("name", WALKED)
def test_what_composition_does_not_follow_is_walked(name: str) -> None:
    assert assert_as_walked(loads(WALKED[name])).composed == 0


def longer(text: str) -> str:
    """Return a spec with more repetitions than are placed one by one."""
    return re.sub(r"repeat: (\d+)", lambda times: f"repeat: {int(times[1]) + 6}", text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(12))
def test_random_networks_come_to_the_figures_of_the_walk(drawn: Drawn) -> None:
    assert_as_walked(loads(drawn.text))
    try:
        graph = loads(longer(drawn.text))
        analyze_graph(graph)
    except SpecError:
        return
    assert_as_walked(graph)


@pytest.mark.parametrize("name", ["a second input that all repetitions read"])
def test_fields_are_on_the_input_that_is_asked_for(name: str) -> None:
    for of in ("x", "y"):
        assert assert_as_walked(loads(COMPOSED[name]), Settings(fields_of=of)).walked == 0


def test_pieces_serve_other_inputs_and_parameters() -> None:
    family, pieces = load("efficientnet").spec.family, Pieces()
    for variant in (*family.variants, *family.variants):
        graph = build(choose(family, variant, {}))
        assert_as_walked(graph, pieces=pieces)
        assert_as_walked(graph, pieces=pieces, inputs=(3, 97, 130))
        assert_as_walked(graph, Settings(optimizer="sgd"), pieces, (3, 200, 200))
    assert pieces.walked == 0


def test_numbers_and_truths_are_other_values() -> None:
    text = """
input: [4, 8, 8]
params: {a: 1}
blocks:
  b: {params: {g: 1}, layers: [{type: conv, filters: 4, kernel: 3, groups: $g}]}
layers: [{type: b, g: $a}]
"""
    family, pieces = loads(text).spec.family, Pieces()
    totals(choose(family, None, {"a": 1}), pieces=pieces)
    for wrong in (True, 1.5, "one"):
        with pytest.raises(SpecError):
            totals(choose(family, None, {"a": wrong}), pieces=pieces)
    assert_as_walked(build(choose(family, None, {"a": 2})), pieces=pieces)


def test_pieces_of_several_families_stay_apart() -> None:
    pieces = Pieces()
    for name in ("resnet", "regnet", "resnet"):
        assert_as_walked(load(name), pieces=pieces)
    assert pieces.walked == 0


def test_a_long_sweep_remembers_two_generations(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(generation: int) -> int:
        """Return how many values are kept at the end, of networks that have hardly a block in common."""
        monkeypatch.setattr(compose, "_GENERATION", generation)
        family, pieces = load("regnet").spec.family, Pieces()
        for width in range(64, 64 + 8 * 40, 8):
            spec = choose(family, None, {"g": 8, "w1": width, "w2": 2 * width})
            found = totals(spec, pieces=pieces)
            if width % 80 == 0:
                assert found.counts == analyze_graph(build(spec)).totals.counts
        assert pieces.walked == 0
        (composer,) = pieces._composers.values()
        assert composer is not None
        return sum(len(known.young) + len(known._elder) for known in composer._generations._every)

    assert 4 * kept(60) < kept(100_000)


def spec_of(text: str, params: dict[str, Any] | None = None) -> Spec:
    """Return a spec that is read, whether or not it unfolds."""
    return choose(read_family(Source("<string>", text)), None, params or {})


def refusal(ask: Callable[[], object]) -> str:
    """Return all that is said of a network that is refused, with the places; nothing of others."""
    try:
        ask()
    except SpecError as error:
        return str(error)
    return ""


def assert_refused_as_walked(spec: Spec, settings: Settings | None = None) -> Pieces:
    """See that a network is refused as by the walk, word for word; return the pieces."""
    pieces = Pieces()
    said = refusal(lambda: analyze_graph(build(spec), settings))
    assert said
    for _ in range(2):  # the second time of pieces that are there
        assert refusal(lambda: totals(spec, settings, pieces)) == said
    return pieces


@pytest.mark.parametrize("name", UNFIT)
def test_layers_that_do_not_fit_are_refused_without_the_walk(name: str) -> None:
    assert assert_refused_as_walked(spec_of(UNFIT[name])).walked == 0


def test_sizes_that_are_rounded_down_are_refused_where_that_is_asked_for() -> None:
    text = """
input: [3, 30, 30]
blocks:
  down: {layers: [{type: conv, filters: 3, kernel: 3, stride: 2}, {type: relu}]}
layers:
  - {type: max_pool, kernel: 4, stride: 4, unused: true}
  - {name: downs, type: down, from: input, repeat: 3}
"""
    assert assert_refused_as_walked(spec_of(text), Settings(strict=True)).walked == 0


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_as_the_walk_says_it(name: str) -> None:
    assert_refused_as_walked(spec_of(WRONG[name]))


@pytest.mark.parametrize("figures", [None, ("params", "macs")])
@pytest.mark.parametrize("name", UNLIKE)
def test_weights_that_cannot_be_shared_are_refused_as_by_the_walk(
    name: str, figures: tuple[str, ...] | None
) -> None:
    spec = spec_of(SHARING.replace("WHAT", UNLIKE[name]))
    said = refusal(lambda: analyze_graph(build(spec)))
    assert refusal(lambda: totals(spec, figures=figures)) == said
    if not said:
        assert totals(spec, figures=figures).counts.params == analyze_graph(build(spec)).totals.counts.params


def test_what_is_wrong_once_is_no_reason_to_walk_for_ever() -> None:
    family = spec_of("""
input: [3, 8, 8]
params: {t: relu}
layers: [{type: $t}]
""").family
    pieces = Pieces()
    for kind in ("nonsense", "relu", "sigmoid"):
        refusal(lambda kind=kind: totals(choose(family, None, {"t": kind}), pieces=pieces))  # type: ignore[misc]
    assert (pieces.composed, pieces.walked) == (2, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(12), strategies.integers(0, 2**20), strategies.booleans())
def test_random_networks_are_refused_as_the_walk_refuses_them(drawn: Drawn, seed: int, strict: bool) -> None:
    """Options are made others, one after the other, until something is wrong."""
    text, draw = longer(drawn.text), Random(seed)
    for _ in range(12):
        numbers = [*re.finditer(r"(?<=: )\d+(?=[,}\n])", text)]
        if not numbers:
            return
        at = draw.choice(numbers)
        text = f"{text[: at.start()]}{draw.choice((0, 1, 2, 5, 11, 97))}{text[at.end() :]}"
        try:
            spec = spec_of(text)
        except SpecError:
            return
        how = Settings(strict=strict)
        said = refusal(lambda: analyze_graph(build(spec), how))  # noqa: B023 - at once
        assert refusal(lambda: totals(spec, how)) == said  # noqa: B023


def test_thousands_of_layers_are_a_few_pieces() -> None:
    graph = loads("input: [3, 8, 8]\nlayers: [{type: conv, filters: 3, kernel: 3, padding: 1, repeat: 6000}]")
    assert assert_as_walked(graph).walked == 0


def test_only_what_is_asked_for_is_known() -> None:
    found = totals(load("resnet").spec, figures=("params", "flops", "inference_memory_bytes"))
    every = totals(load("resnet").spec)
    for key in ("params", "flops", "macs", "inference_memory_bytes"):
        assert found.figure(key) == every.figure(key)
    for key in ("connections", "receptive_field", "training_memory_bytes", "leftover"):
        with pytest.raises(KeyError):
            found.figure(key)


def test_a_figure_of_a_network_has_a_key() -> None:
    graph = load("lenet5")
    found, walked = totals(graph.spec), analyze_graph(graph).totals
    assert {key: found.figure(key) for key in COUNTS} == {key: getattr(walked.counts, key) for key in COUNTS}
    assert {key: found.figure(key) for key in OF_NETWORK} == {key: getattr(walked, key) for key in OF_NETWORK}
    assert found.figure("operations") == walked.counts.operations
    assert found.figure("shape") == (10,)
    assert found.figure("receptive_field") == "all"
    assert isinstance(totals(load("vit").spec).figure("receptive_field"), Unknown)


# -- lies ----------------------------------------------------------------------------------------------


def _one_more(counts: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose piece has a count more than it should."""

    def lie(*args: Any) -> Any:
        piece = counts(*args)
        return replace(piece, counts=(piece.counts[0] + 1, *piece.counts[1:]))

    return lie


LIES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a count is one more": lambda to: to.setattr(
        compose.Composer, "_put_together", _one_more(compose.Composer._put_together)
    ),
    "nothing is freed": lambda to: to.setattr(alive, "_gone", lambda read, freed: []),
    "training keeps nothing": lambda to: to.setattr(alive, "kept_within", lambda form, keys: set()),
    "where paths meet, the first counts": lambda to: to.setattr(affine, "_met", lambda paths: paths[0]),
    "repetitions see what one does": lambda to: to.setattr(
        fields_within, "applied", lambda field, by, times=1: affine.applied(field, by)
    ),
    "units read all places": lambda to: to.setattr(
        way_back.WayBack, "_back_through", lambda *args: ((range(3), range(3)), 0)
    ),
    "no field is an upper bound": lambda to: to.setattr(network_fields, "surely_exact", lambda *args: True),
    "what a repetition puts out sees what the first one saw": lambda to: to.setattr(
        units, "units_after", lambda kind, readings, output, above: above
    ),
    "what is wrong with repetitions is wrong once": lambda to: to.setattr(refused, "together", _once),
    "shared weights count twice": lambda to: to.setattr(
        compose, "borrowing", lambda piece, lender, columns: piece
    ),
    "an output is memory of an input": lambda to: to.setattr(
        form_builder.FormBuilder, "_storage", lambda self: ([0] * self.count, [])
    ),
}


_TOGETHER = refused.together


def _once(children: Iterable[tuple[Any, ...]]) -> Any:
    return _TOGETHER((entry, name, 1, refusals) for entry, name, _, refusals in children)


def _held() -> None:
    for text in COMPOSED.values():
        assert_as_walked(loads(text))
    for name in (
        "a layer that most repetitions cannot have",
        "a side of each repetition that nobody is behind",
    ):
        assert_refused_as_walked(spec_of(UNFIT[name]))


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_out(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _held()
    LIES[lie](monkeypatch)
    with pytest.raises(AssertionError):
        _held()
