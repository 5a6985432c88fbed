"""Figures under `expect:` that `check --write-expect` writes: which, where, and what stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.commands.check.pins import Pins, pinned
from cnnstat.spec import bundled

if TYPE_CHECKING:
    from pathlib import Path

LAYERS = "layers: [{type: conv, filters: 2, kernel: 3}]\n"
NEW = "shape: [2, 6, 6], params: 20, macs: 648, receptive_field: 3, inference_memory_bytes: 624"
LONG = (
    "shape: {value: [2, 6, 6], source: cnnstat}, params: {value: 20, source: cnnstat},"
    " macs: {value: 648, source: cnnstat}, receptive_field: {value: 3, source: cnnstat},"
    " inference_memory_bytes: {value: 624, source: cnnstat}"
)


def pins(text: str) -> Pins:
    """Pin the figures of a text; what comes out stays as it is a second time."""
    found = pinned(text, "s.yaml")
    assert pinned(found.text, "s.yaml").text == found.text
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("input: [1, 8, 8]\n", f"input: [1, 8, 8]\nexpect: {{source: cnnstat, {NEW}}}\n"),
        (
            "input: [1, 8, 8]    # a comment\n\n# of the layers\n",
            f"input: [1, 8, 8]    # a comment\nexpect: {{source: cnnstat, {NEW}}}\n\n# of the layers\n",
        ),
        (
            "input: {a: [1, 8, 8]}\nsource: >-\n  A book,\n  1998\n\n# c\n",
            "input: {a: [1, 8, 8]}\nsource: >-\n  A book,\n  1998\n"
            f"expect: {{source: cnnstat, {NEW}}}\n\n# c\n",
        ),
        (
            "input:\n  a:\n    - 1\n    - 8\n    - 8    # columns\n",
            f"input:\n  a:\n    - 1\n    - 8\n    - 8    # columns\nexpect: {{source: cnnstat, {NEW}}}\n",
        ),
        ("input: [1, 8, 8]\nexpect: {}\n", f"input: [1, 8, 8]\nexpect: {{{LONG}}}\n"),
        (
            "input: [1, 8, 8]\nexpect: {source: cnnstat, params: 20}    # c\n",
            "input: [1, 8, 8]\nexpect: {source: cnnstat, params: 20, shape: [2, 6, 6], macs: 648,"
            " receptive_field: 3, inference_memory_bytes: 624}    # c\n",
        ),
        (
            "input: [1, 8, 8]\nexpect:\n    source: cnnstat\n    shape: [2,\n       6, 6]    # c\n\n",
            "input: [1, 8, 8]\nexpect:\n    source: cnnstat\n    shape: [2,\n       6, 6]    # c\n"
            "    params: 20\n    macs: 648\n    receptive_field: 3\n    inference_memory_bytes: 624\n\n",
        ),
        (
            "source: a book\ninput: [1, 8, 8]\nexpect: {params: 20}\n",
            f"source: a book\ninput: [1, 8, 8]\nexpect: {{params: 20, {LONG}}}\n".replace(
                " params: {value: 20, source: cnnstat},", ""
            ),
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_where_new_figures_stand(before: str, after: str, newline: str) -> None:
    text = (before + LAYERS).replace("\n", newline)
    assert pins(text).text == (after + LAYERS).replace("\n", newline)


def test_a_spec_in_braces_and_one_without_an_end_of_line() -> None:
    assert pins("{input: [1, 8, 8], layers: [{type: conv, filters: 2, kernel: 3}]}").text == (
        "{input: [1, 8, 8], layers: [{type: conv, filters: 2, kernel: 3}],"
        f" expect: {{source: cnnstat, {NEW}}}}}"
    )
    assert pins(LAYERS + "input: [1, 8, 8]").text == (
        LAYERS + f"input: [1, 8, 8]\nexpect: {{source: cnnstat, {NEW}}}"
    )


def test_each_variant_has_its_own_figures() -> None:
    text = """
input: [1, 8, 8]
params: {filters: 1}
variants:
  a: {}
  b: {params: {filters: 3},}
  c:    # of three
    name: C
    params:
      filters: 3    # three

  d: {expect: {params: 10}}
layers: [{type: conv, filters: $filters, kernel: 1, expect: {params: 2}}]
"""
    three = "shape: [3, 8, 8], params: 6, macs: 192, receptive_field: 1, inference_memory_bytes: 1048"
    one = "shape: [1, 8, 8], params: 2, macs: 64, receptive_field: 1, inference_memory_bytes: 520"
    written = pins(text)
    assert written.text == text.replace("a: {}", f"a: {{expect: {{source: cnnstat, {one}}}}}").replace(
        "filters: 3},}", f"filters: 3}}, expect: {{source: cnnstat, {three}}},}}"
    ).replace(
        "filters: 3    # three\n", f"filters: 3    # three\n    expect: {{source: cnnstat, {three}}}\n"
    ).replace(
        "{params: 10}",
        "{params: 2, shape: {value: [1, 8, 8], source: cnnstat}, macs: {value: 64, source: cnnstat},"
        " receptive_field: {value: 1, source: cnnstat},"
        " inference_memory_bytes: {value: 520, source: cnnstat}}",
    )
    assert "d: total: params: 2, was 10" in written.written


def updated(expect: str, root: str = "", network: str = "") -> Pins:
    """Return what becomes of what a layer expects."""
    text = f"{root}input: [1, 8, 8]\nexpect: {{source: cnnstat, {NEW}}}\n{network}"
    text += f"layers: [{{name: c, type: conv, filters: 2, kernel: 3, expect: {expect}}}]\n"
    found = pins(text)
    assert found.text.startswith(text[: text.index("expect: {", 60)])
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{params: 19}", "{params: 20}"),
        ("{params: '19'}", "{params: 20}"),
        ("{params: 19K}", "{params: 20}"),
        ("{params: 0.02K}", "{params: 0.02K}"),  # agrees
        ("{shape: [2, 6,\n    7], params: 20}", "{shape: [2, 6,\n    6], params: 20}"),
        ("{receptive_field: all}", "{receptive_field: 3}"),
        ("{params: {value: 19, source: cnnstat}}", "{params: {value: 20, source: cnnstat}}"),
        ("{params: {value: 9, tolerance: 1}}", "{params: {value: 20, tolerance: 1}}"),
        ("{source: cnnstat, params: 19}", "{source: cnnstat, params: 20}"),
    ],
)
def test_our_own_figures_are_updated_in_place(before: str, after: str) -> None:
    assert updated(before).text.endswith(f"expect: {after}}}]\n")


@pytest.mark.parametrize(
    "expect",
    [
        "{params: {value: 19, source: a book}}",
        "{source: a book, params: 19}",
        "{params: {value: 19, truncated: true}}",
        "{params: {value: 20, erratum: it is another, correct: 20}}",
        "{source: cnnstat, params: {value: 19, source: a book}}",
    ],
)
def test_what_somebody_else_claims_stays(expect: str) -> None:
    found = updated(expect)
    assert (found.written, found.left) == ((), ())
    assert f"expect: {expect}" in found.text


def test_without_a_source_of_its_own_a_figure_is_that_of_the_network_s() -> None:
    assert updated("{params: 19}", "source: a book\n").written == ()
    assert updated("{source: cnnstat, params: 19}", "source: a book\n").written == (
        "s.yaml: c: params: 20, was 19",
    )


def test_a_figure_that_differs_between_calls_is_left() -> None:
    text = f"""
input: [1, 8, 8]
expect: {{source: cnnstat, {NEW}}}
blocks:
  unit: {{params: {{f}}, layers: [{{name: c, type: conv, filters: $f, kernel: 1, expect: {{params: 5}}}}]}}
layers: [{{name: a, type: unit, f: 1}}, {{name: b, type: unit, f: 2}}]
"""
    found = pinned(text, "s.yaml")
    assert "expect: {params: 5}" in found.text
    assert found.left == ("s.yaml: a.c: params: another one in each network or call",)


def test_an_unknown_field_is_not_written() -> None:
    cut = "{name: cut, type: slice, axis: width, start: 1}, {type: reshape, shape: [1, 7, 8]}"
    found = pins(f"input: [1, 8, 8]\nlayers: [{cut}]\n")
    assert "receptive_field" not in found.text
    assert "shape: [1, 7, 8]" in found.text


def test_a_network_with_problems_hides_no_other() -> None:
    text = "input: [1, 8, 8]\nparams: {k: 3}\nvariants: {a: {}, b: {params: {k: 9}}}\n"
    found = pins(text + "layers: [{type: max_pool, kernel: $k}]\n")
    assert "b: {params: {k: 9}}" in found.text
    assert "a: {expect: {source: cnnstat" in found.text


@pytest.mark.parametrize("path", sorted(bundled.folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_architectures_keep_all_else(path: Path) -> None:
    """What is written keeps every figure, and taking it out again gives the file byte for byte."""
    text = path.read_bytes().decode("utf-8")
    found = pins(text)
    assert found.left == ()
    kept, position = [], 0
    for character in text:  # the old text is in the new one, in order, and the rest of it is `expect:`
        kept.append(found.text.index(character, position))
        position = kept[-1] + 1
    assert len(found.text) > len(text)


def test_nothing_is_added_to_a_text_of_an_odd_form() -> None:
    text = "? input\n: [1, 8, 8]\n? layers\n: [{type: conv, filters: 2, kernel: 3}]\n"
    found = pinned(text, "s.yaml")
    assert found.text == text
    (problem,) = found.problems
    assert problem.code == "expect/unwritten"
    assert problem.message.startswith("no figure can be added to a text of this form")


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_that_are_added_end_as_the_others(end: str) -> None:
    text = "input: [1, 8, 8]\nlayers:\n  - {type: relu}\n"
    assert pinned(text.replace("\n", end), "x").text == pinned(text, "x").text.replace("\n", end)


def test_comments_within_a_list_stay() -> None:
    given = "input: [1, 8, 8]\nexpect:\n  source: cnnstat\n  shape:\n    - 9    # maps\n    # rows\n"
    given += "    - 6\n    - 7  # columns\n"
    after = given.replace("- 9 ", "- 2 ").replace("- 7  # columns\n", "- 6  # columns\n")
    assert pins(given + LAYERS).text.startswith(after)


def test_a_list_with_comments_that_becomes_shorter_is_left() -> None:
    given = "input: [1, 8, 8]\nexpect:\n  source: cnnstat\n  shape:\n    - 9\n    # rows\n    - 6\n"
    found = pins(given + LAYERS)
    assert found.text.startswith(given)
    assert any("has comments" in each for each in found.left)


def test_figures_of_a_network_that_cites_nobody_else_are_our_own() -> None:
    others = NEW.replace("params: 20, ", "")
    text = f"source: cnnstat\ninput: [1, 8, 8]\nexpect: {{params: 19, {others}}}\n{LAYERS}"
    assert pins(text).text == text.replace("19", "20")
