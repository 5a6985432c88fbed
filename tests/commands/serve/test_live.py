"""A text while it is written: its figures, what is wrong with it, and what can be changed beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.spec import bundled
from tests.commands.serve.client import SMALL
from tests.program import run, within

if TYPE_CHECKING:
    from tests.commands.serve.client import Page

SAMPLE = ("lenet5", "resnet50", "unet", "googlenet", "mobilenet-v1", "regnet-x-3.2gf")


def as_asked(name: str) -> dict[str, Any]:
    path, variant = bundled.locate(name) or pytest.fail(name)
    return {"text": path.read_text(encoding="utf-8"), "variant": variant}


def same_as_json(name: str, page: Page) -> None:
    asked = as_asked(name)
    network = page.live(**asked)["network"]
    assert network["summary"] == json.loads(within("summary", name, "--format", "json").stdout)
    spec = page.post("conventions", asked).json()["conventions"]
    flops = json.loads(within("flops", name, "--conventions", "--format", "json").stdout)
    assert spec == flops["conventions"]
    total = page.post("explained", {**asked, "layer": "total"}).json()
    layer = network["summary"]["layers"][-1]["name"]
    first = page.post("explained", {**asked, "layer": layer}).json()
    explained = json.loads(within("explain", name, layer, "total", "--format", "json").stdout)
    assert [first, total] == explained["explained"]


@pytest.mark.parametrize("name", SAMPLE)
def test_figures_are_those_of_the_commands(name: str, page: Page) -> None:
    same_as_json(name, page)


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled.names())
def test_figures_of_all_networks_are_those_of_the_commands(name: str, page: Page) -> None:
    same_as_json(name, page)


def test_a_problem_has_the_place_code_and_words_of_the_terminal(page: Page) -> None:
    text = SMALL.replace("filters", "filtres")
    found = page.live(text)
    (problem,) = found["problems"]
    start, stop = problem["place"]
    assert found["network"] is None
    assert text[start:stop] == "filtres"
    terminal = run("summary", "-", input=text).stderr
    said = f":{problem['line']}:{problem['column']}: {problem['code']}: {problem['message']}\n"
    assert said in terminal
    assert "did you mean 'filters'" in problem["message"]
    assert problem["way_out"]


@pytest.mark.parametrize("before", ["", "# é\n", "# \U0001f600\U0001f600\n", "# \u2028\n", "# \x85 \r\n"])
def test_places_are_those_of_a_browser(before: str, page: Page) -> None:
    """A browser counts units of UTF-16, and has fewer ends of lines than YAML."""
    text = before + SMALL.replace("filters", "filtres")
    (problem,) = page.live(text)["problems"]
    start, stop = (2 * at for at in problem["place"])
    assert text.encode("utf-16-le")[start:stop].decode("utf-16-le") == "filtres"


def test_what_is_published_and_missed_is_a_problem_with_figures(page: Page) -> None:
    found = page.live(SMALL + "expect: {params: 5}\n")
    assert found["network"]["summary"]["totals"]["params"] == 224
    assert [each["code"] for each in found["problems"]] == ["expect/missed"]


def test_a_finding_has_the_edits_that_mend_it(page: Page) -> None:
    text = "# \U0001f600\nparams: {used: 8, spare: 1}\n" + SMALL.replace("filters: 8", "filters: $used")
    (found,) = page.post("findings", {"text": text}).json()["marks"]
    mended = text.encode("utf-16-le")
    for edit in reversed(found["edits"]):
        start, stop = (2 * at for at in edit["place"])
        mended = mended[:start] + edit["text"].encode("utf-16-le") + mended[stop:]
    again = page.post("findings", {"text": mended.decode("utf-16-le")}).json()
    assert found["code"] == "rule/unused-param"
    assert again["marks"] == again["findings"] == []
    assert "spare" not in mended.decode("utf-16-le")


def test_variants_and_parameters(page: Page) -> None:
    asked = as_asked("mobilenet-v1-0.75")
    found = page.live(**asked)
    assert found["variant"] == "mobilenet-v1-0.75"
    assert found["variants"][0] == "mobilenet-v1"
    parameters = {each["name"]: each for each in found["parameters"]}
    width = parameters["width"]
    assert (width["value"], width["stops"], width["bounded"]) == (0.75, [0.25, 0.5, 0.75, 1], True)
    start, stop = width["place"]
    assert asked["text"][start:stop] == "0.75"
    assert parameters["resolution"]["stops"] == [128, 160, 192, 224]


def test_a_parameter_is_changed_as_on_a_command_line(page: Page) -> None:
    found = page.live(**as_asked("mobilenet-v1"), params={"width": 0.5, "resolution": 160})
    line = within(
        "summary", "mobilenet-v1", "--set", "width=0.5", "--set", "resolution=160", "--format", "json"
    )
    assert found["network"]["summary"] == json.loads(line.stdout)


@pytest.mark.parametrize("name", bundled.names()[::9])
def test_both_ends_of_a_slider_are_values_that_the_spec_may_have(name: str, page: Page) -> None:
    asked = as_asked(name)
    for parameter in page.live(**asked)["parameters"]:
        stops = parameter["stops"]
        assert len(stops) <= 202
        for stop in (stops[:1], stops[-1:]):
            found = page.live(**asked, params={parameter["name"]: stop[0]} if stop else {})
            assert found["refused"] == ""
            assert found["network"] or found["problems"]


def test_settings_are_those_of_a_command_line(page: Page) -> None:
    asked: dict[str, Any] = {
        "batch": 8,
        "dtype": "float16",
        "optimizer": "adam",
    }
    found = page.live(**as_asked("lenet5"), **asked)
    options = ("--batch", "8", "--dtype", "float16", "--optimizer", "adam")
    said = within("summary", "lenet5", *options, "--format", "json").stdout
    assert found["network"]["summary"] == json.loads(said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"dtype": "int3"}, "int3"),
        ({"optimizer": "magic"}, "magic"),
        ({"params": {"filters": {"a": 1}}}, "a parameter is a number"),
    ],
)
def test_what_does_not_go_with_the_network_is_said(asked: dict[str, Any], said: str, page: Page) -> None:
    text = "params: {filters: 8}\n" + SMALL.replace("filters: 8", "filters: $filters")
    found = page.live(text, **asked)
    assert found["network"] is None
    assert said in found["refused"]


@pytest.mark.parametrize("batch", [0, -1, 1.5, 100_000_000, 10**30])
def test_a_batch_that_is_out_of_range_is_said_as_parameters_are(batch: float, page: Page) -> None:
    found = page.live(SMALL, batch=batch)
    expected = f"batch: expected a whole number from 1 to 1,000,000, got {batch:,}"
    assert (found["network"], found["refused"]) == (None, expected)
    answer = page.post("conventions", {"text": SMALL, "batch": batch})
    assert (answer.status_code, answer.json()["refused"]) == (422, expected)


def test_a_variant_and_a_parameter_that_the_text_no_longer_has(page: Page) -> None:
    found = page.live(SMALL, variant="gone", params={"gone": 1})
    assert (found["variant"], found["problems"], found["refused"]) == (None, [], "")
    assert found["network"]["summary"]["totals"]["params"] == 224


@pytest.mark.parametrize("place", ["fields", "explained", "trace"])
def test_parts_of_a_layer_that_there_is_not(place: str, page: Page) -> None:
    answer = page.post(
        place, {"text": SMALL, "layer": "nobody", **({"unit": [0]} if place == "trace" else {})}
    )
    assert answer.status_code == 422
    assert "nobody" in answer.json()["refused"]


def test_parts_on_demand(page: Page) -> None:
    asked = {"text": SMALL, "layer": "conv1"}
    fields = page.post("fields", asked).json()
    assert [axis["units"] for axis in fields["axes"]] == [30, 30]
    trace = page.post("trace", {**asked, "unit": []}).json()
    assert (trace["unit"], trace["reason"]) == ([4, 15, 15], "")
    unit = page.post("trace", {**asked, "unit": [1, 2, 3]}).json()["trace"]
    said = run("trace", "-", "--at", "conv1", "--unit", "1,2,3", "--format", "json", input=SMALL)
    assert unit | {"name": ""} == json.loads(said.stdout) | {"name": ""}
    charts = page.post("charts", {"text": SMALL}).json()["charts"]
    assert [each["kind"] for each in charts] == ["layers", "memory", "rf"]
    assert page.post("schema").json()["$schema"]
