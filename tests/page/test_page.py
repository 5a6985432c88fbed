"""What one does with the page of a report, in Chromium: fold, sort, select, type, print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import document, items, opened, report, rows, tabs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page


def test_blocks_fold_and_unfold_by_pointer_and_by_key(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "resnet50")) as at:
        page = at.page
        page.click(".graph button:text-is('Fold all')")
        folded = items(page)
        assert folded[:3] == ["input", "conv1", "bn1"]
        assert "layer1" in folded
        assert "layer1.0" not in folded

        page.click('[data-id="layer1"] .sign')
        assert {"layer1.0", "layer1.1"} < {*items(page)}
        assert page.get_attribute('[data-id="layer1"]', "aria-expanded") == "true"

        page.focus('[data-id="layer1"]')
        page.keyboard.press("ArrowLeft")
        assert items(page) == folded
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.dataset.id") == "layer1.0"
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.activeElement.dataset.id") == "layer1"
        assert at.said == []


def test_equal_repetitions_are_one_item_until_each_is_asked_for(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "resnet152")) as at:
        page = at.page
        page.click(".graph button:text-is('Unfold all')")
        assert "layer3.2" not in items(page)
        assert "1 to 35 · bottleneck × 35" in page.text_content('[data-id="layer3.1"]')
        page.click("text=Each repetition")
        page.click(".graph button:text-is('Unfold all')")
        everything = items(page)
        assert "layer3.35.conv3" in everything
        layers = [layer["name"] for layer in document("summary", "resnet152")["layers"]]
        assert [name for name in everything if name in {*layers}] == layers
        assert at.said == []


def test_arrows_lead_from_what_is_read_to_what_reads(browser: Any, folder: Path) -> None:
    """The ways that are drawn end where layers stand: as many as the spec has, with a skip in each block."""
    with opened(browser, report(folder, "lenet5")) as at:
        assert at.page.locator("path.way").count() == 14
        assert at.page.locator("path.skip").count() == 0
    with opened(browser, report(folder, "resnet18")) as at:
        at.page.click(".graph button:text-is('Unfold all')")
        at.page.click("text=Each repetition")
        at.page.click(".graph button:text-is('Unfold all')")
        assert at.page.locator("path.skip").count() >= 5


@pytest.mark.parametrize("name", ["unet", "resnet18", "googlenet"])
def test_nothing_of_the_graph_is_cut_off(browser: Any, folder: Path, name: str) -> None:
    """Neither items nor ways leave the picture, folded or not; texts do not leave their items."""
    script = """
    () => {
      const drawing = document.querySelector('.drawing'), room = drawing.viewBox.baseVal;
      const out = [...drawing.querySelectorAll('path, .face')].filter(each => {
        const box = each.getBBox(), by = each.closest('.node')?.transform.baseVal[0].matrix ?? {e: 0, f: 0};
        return box.x + by.e < 0 || box.y + by.f < 0 || box.x + by.e + box.width > room.width
          || box.y + by.f + box.height > room.height;
      });
      const wide = [...drawing.querySelectorAll('text')].filter(each =>
        each.getBBox().width > each.closest('.node').querySelector('.face').getBBox().width);
      return [...out, ...wide].map(each => each.outerHTML.slice(0, 99));
    }"""
    with opened(browser, report(folder, name)) as at:
        assert at.page.evaluate(script) == []
        at.page.click(".graph button:text-is('Unfold all')")
        assert at.page.evaluate(script) == []


def test_a_chain_of_thousands_is_a_column(browser: Any, folder: Path) -> None:
    """Beyond what dagre has room for; with ways past one layer and past nearly all."""
    layers = "".join(f"- {{name: r{number}, type: relu}}\n" for number in range(3000))
    last = "- {name: a, type: add, from: [r2999, r2997]}\n- {name: b, type: add, from: [a, r0]}\n"
    spec = folder / "chain.yaml"
    spec.write_text(f"input: [3, 8, 8]\nlayers:\n{layers}{last}", encoding="utf-8")
    with opened(browser, report(folder, str(spec))) as at:
        assert at.page.locator(".node").count() == 3003
        assert at.page.locator("path.way").count() == 3004
        assert at.page.locator("path.skip").count() == 2
        tops = at.page.eval_on_selector_all(".node", "all => all.map(e => e.getBoundingClientRect().top)")
        assert tops == sorted(tops)
        assert at.page.locator(".node").first.bounding_box()["height"] > 20
        assert at.said == []


def test_the_whole_network_fits_at_first(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "resnet50")) as at:
        sizes = at.page.eval_on_selector(
            ".graph .view", "e => [e.scrollHeight, e.clientHeight, e.scrollWidth, e.clientWidth]"
        )
        assert sizes[0] <= sizes[1] + 1
        assert sizes[2] <= sizes[3] + 1
        before = at.page.locator(".drawing").bounding_box()["height"]
        at.page.focus('[role="treeitem"][tabindex="0"]')
        at.page.keyboard.press("+")
        assert at.page.locator(".drawing").bounding_box()["height"] > before * 1.2
        at.page.keyboard.press("0")
        assert at.page.locator(".drawing").bounding_box()["height"] == pytest.approx(before)


def test_the_table_has_the_numbers_of_summary(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "googlenet")) as at:
        at.page.click("[role=treegrid] thead button >> nth=0")  # in order of names: layers alone
        shown = {row[0]: row for row in rows(at.page)}
        layers = document("summary", "googlenet")["layers"]
        assert {*shown} == {layer["name"] for layer in layers}
        for layer in layers:
            name, _, shape, params, macs, connections, _ = shown[layer["name"]]
            assert shape == "×".join(map(str, layer["output_shape"])), name
            assert params == f"{layer['params']:,}"
            assert macs == f"{layer['macs']:,}"
            assert connections == f"{layer['connections']:,}"


def test_the_table_sorts_filters_and_folds(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "resnet50")) as at:
        page = at.page
        layers = document("summary", "resnet50")["layers"]
        page.click("[role=treegrid] thead button:text-is('params')")
        assert page.get_attribute("[role=treegrid] thead th:has(button:text('params'))", "aria-sort") == (
            "descending"
        )
        largest = sorted((layer["params"] for layer in layers), reverse=True)
        assert [row[3] for row in rows(page)] == [f"{params:,}" for params in largest]
        page.click("text=Order of the spec")

        page.fill("input[type=search]", "layer4 conv 3×3")
        found = [row[0] for row in rows(page) if row[1].startswith("conv")]
        assert found == ["conv2"] * 3
        page.fill("input[type=search]", "")

        page.focus('[role="treegrid"] tbody tr >> nth=4')
        page.keyboard.press("ArrowLeft")
        assert [row[0].strip("▸▾ \n") for row in rows(page)][:6][-1] == "layer2"


def test_a_choice_of_columns_is_copied_as_csv(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5")) as at:
        page = at.page
        page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        page.click(".choice summary")
        page.click(".choice label:has-text('connections')")
        page.click(".choice label:has-text('buffers')")
        page.click("text=Copy as CSV")
        lines = page.evaluate("window.copied").split("\r\n")
        assert lines[0] == "layer,type,output_shape,params,buffers,macs,receptive_field"
        assert lines[1] == "C1,conv,6×28×28,156,0,117600,5×5"
        assert len(lines) == 14 + 2
        assert "14 lines copied" in page.inner_text("#page > [role=status]")


def test_what_is_selected_is_one_everywhere_and_in_the_address(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5")) as at:
        page = at.page
        page.click('[data-id="C3"]')
        assert page.inner_text(".selected h2") == "C3"
        assert page.locator(".selected h2").is_visible()
        assert page.inner_text('[role=treegrid] [aria-selected="true"] th') == "C3"
        page.click("[role=treegrid] tbody tr:has-text('S4')")
        assert page.get_attribute('[data-id="S4"]', "aria-selected") == "true"
        page.click("[role=tab]:text-is('Spec')")
        page.wait_for_url(re.compile("layer=S4.tab=spec"))
        page.reload()
        page.wait_for_selector(".drawing")
        assert page.inner_text(".selected h2") == "S4"
        assert page.get_attribute("[role=tab]:text-is('Spec')", "aria-selected") == "true"
        assert "S4" in page.inner_text(".spec .here")


def test_the_arithmetic_is_that_of_explain(browser: Any, folder: Path) -> None:
    entries = {entry["name"]: entry for entry in document("explain", "lenet5")["explained"]}
    with opened(browser, report(folder, "lenet5")) as at:
        for name in ("C1", "C3", "F6"):
            at.page.click(f'[data-id="{name}"]')
            shown = at.page.inner_text("section[aria-label=Arithmetic]")
            for step in entries[name]["steps"]:
                assert step["label"] in shown
                if "formula" in step:
                    assert step["formula"] in shown
                    assert f"{step['result']:,}" in shown


def test_errata_stand_beside_the_arithmetic(browser: Any, folder: Path) -> None:
    entries = [entry for entry in document("explain", "googlenet")["explained"] if entry["errata"]]
    assert entries
    for entry in entries[:3]:
        fragment = f"#layer={entry['name']}" if entry["name"] != "total" else ""
        with opened(browser, report(folder, "googlenet"), fragment) as at:
            shown = at.page.inner_text("section[aria-label=Errata]")
            for erratum in entry["errata"]:
                assert erratum["printed"] in shown
                assert all(slip["words"] in shown for slip in erratum["slips"])


@pytest.mark.parametrize(("layer", "unit"), [("S2", (1, 0, 13)), ("C3", (4, 9, 2)), ("C5", (7, 0, 0))])
def test_the_field_of_a_unit_is_that_of_rf(
    browser: Any, folder: Path, layer: str, unit: tuple[int, int, int]
) -> None:
    said = ",".join(map(str, unit[1:]))
    region = document("rf", "lenet5", "--at", layer, "--unit", said)["region_on_input"]
    fragment = f"#layer={layer}&unit={','.join(map(str, unit))}"
    with opened(browser, report(folder, "lenet5"), fragment) as at:
        text = at.page.inner_text("section[aria-label='Receptive field'] [role=status]")
        numbers = [*map(int, re.findall(r"(?:rows|columns) (\d+) to (\d+)", text)[0])]
        assert numbers == region[0]
        assert [*map(int, re.findall(r"columns (\d+) to (\d+)", text)[0])] == region[1]


def test_a_unit_is_clicked_typed_and_moved_by_keys(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5"), "#layer=C1") as at:
        page = at.page
        page.fill(".unit-input label:has-text('row') input", "3")
        assert "rows 3 to 7" in page.inner_text("section[aria-label='Receptive field'] [role=status]")
        page.focus(".map.output")
        page.keyboard.press("ArrowDown")
        assert "rows 4 to 8" in page.inner_text("section[aria-label='Receptive field'] [role=status]")
        box = page.locator(".map.output").bounding_box()
        page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 2)
        assert "rows 0 to 4, columns 27 to 31" in page.inner_text(
            "section[aria-label='Receptive field'] [role=status]"
        )
        page.fill(".unit-input label:has-text('row') input", "99")  # there is none: nothing changes
        assert "rows 0 to 4" in page.inner_text("section[aria-label='Receptive field'] [role=status]")


def test_the_numbers_of_a_unit_are_those_of_trace(browser: Any, folder: Path) -> None:
    path = report(folder, "lenet5", "--trace", "C1:2,3,4")
    traced = document("trace", "lenet5", "--at", "C1", "--unit", "2,3,4")
    with opened(browser, path, "#layer=C1&unit=2,3,4") as at:
        shown = at.page.inner_text("section[aria-label='Numbers of a unit']").replace("−", "-")
        for step in traced["working"]["parts"][0]["steps"]:
            assert step["name"] in shown
            assert f"{step['value']:.6g}" in shown
        assert at.page.locator(".matrix mark").count() == 1
        assert f"{traced['executed']:.6g}" in at.page.inner_text(".matrix mark").replace("−", "-")
        at.page.fill(".unit-input label:has-text('row') input", "9")
        assert "--trace C1:2,9,4" in at.page.inner_text("section[aria-label='Numbers of a unit']")


def test_tabs_go_by_arrow_keys_and_charts_are_drawn(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5", "--run")) as at:
        page = at.page
        names = tabs(page)
        assert names == ["Layers", "Costs", "Memory", "Fields", "Conventions", "Findings", "Spec", "Proof"]
        page.focus("[role=tab][aria-selected=true]")
        for name in names[1:]:
            page.keyboard.press("ArrowRight")
            assert page.evaluate("document.activeElement.innerText") == name
            panel = page.locator("[role=tabpanel]:not([hidden])")
            assert panel.inner_text().strip()
            if name in ("Costs", "Memory", "Fields"):
                assert panel.locator("svg path").count() > 5
        assert "proved" in page.locator("[role=tabpanel]:not([hidden])").inner_text()
        assert at.said == []
        assert at.asked == [page.url.partition("#")[0]]


def test_light_and_dark_follow_the_system_and_the_button(browser: Any, folder: Path) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, report(folder, "lenet5"), scheme="dark") as at:
        dark = at.page.evaluate(background)
        at.page.click(".scheme")
        light = at.page.evaluate(background)
        assert (dark, light) == ("rgb(13, 17, 23)", "rgb(255, 255, 255)")
        at.page.emulate_media(color_scheme="light")
        at.page.reload()
        at.page.wait_for_selector(".drawing")
        assert at.page.evaluate(background) == light


@pytest.mark.parametrize("width", [360, 760, 1100, 1600])
def test_nothing_is_wider_than_the_window(browser: Any, folder: Path, width: int) -> None:
    with opened(browser, report(folder, "lenet5", "--run"), "#layer=C3", width=width) as at:
        for tab in tabs(at.page):
            at.page.click(f"[role=tab]:text-is('{tab}')")
            assert at.page.evaluate("document.documentElement.scrollWidth") <= width, tab


def test_the_unit_that_is_traced_is_shown_first(browser: Any, folder: Path) -> None:
    """In the fields to type into, in the field and in the numbers; where none is traced, the middle one."""
    with opened(browser, report(folder, "lenet5", "--trace", "C1:2,3,4"), "#layer=C1") as at:
        for layer, unit in (("C1", ["2", "3", "4"]), ("C3", ["8", "5", "5"])):
            at.page.click(f'[data-id="{layer}"]')
            assert [each.input_value() for each in at.page.locator(".unit-input input").all()] == unit
            assert f"unit {', '.join(unit)} of" in at.page.inner_text(".maps")
            assert at.page.inner_text("section[aria-label='Numbers of a unit'] h3").endswith(", ".join(unit))
        assert "--trace C3:8,5,5" in at.page.inner_text("section[aria-label='Numbers of a unit']")
