"""The page in Chromium: written in, saved, warned of changes, and whatever a spec says, text is text."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil
import pytest

from cnnstat.spec import bundled
from tests.chromium import chromium
from tests.commands.draw.hostile_spec import SIGNS
from tests.commands.serve.browser import (
    at_end,
    opened_page,
    problems,
    program,
    quiet_page,
    start_from,
    sums,
    until,
    write,
)
from tests.commands.serve.client import SMALL
from tests.page.browser import axe, tabs, violations
from tests.program import within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.page


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def page(spec: Path) -> Iterator[Any]:
    with quiet_page(str(spec)) as found:
        yield found


def test_a_mistake_is_marked_mended_and_saved(page: Any, spec: Path) -> None:
    write(page, "- {type: conv, filtres: 4, kernel: 3}\n")
    until(lambda: any("spec/unknown-key" in each or "filtres" in each for each in problems(page)))
    assert page.locator(".cm-lintRange-error").all_inner_texts() == ["filtres"]
    assert "did you mean 'filters'" in problems(page)[0]
    assert "last text without a problem" in page.locator(".result").inner_text()
    assert spec.read_text() == SMALL
    for _ in range(len("filtres: 4, kernel: 3}\n")):
        page.keyboard.press("Backspace")
    page.keyboard.insert_text("filters: 4, kernel: 3}\n")
    until(lambda: not problems(page) and sums(page)["params"] == "516")
    assert "not saved" in page.locator(".file").inner_text()
    page.keyboard.press("Control+s")
    until(lambda: "not saved" not in page.locator(".file").inner_text())
    assert spec.read_text() == SMALL + "- {type: conv, filters: 4, kernel: 3}\n"
    page.reload()
    until(lambda: page.locator(".sums").count() and sums(page)["params"] == "516")


def test_what_check_can_mend_is_mended_by_a_button_and_can_be_undone(spec: Path) -> None:
    spec.write_text("params: {used: 8, spare: 1}\n" + SMALL.replace("filters: 8", "filters: $used"))
    with opened_page(str(spec)) as page:
        until(lambda: any("rule/unused-param" in each for each in problems(page)))
        page.locator(".problems li button", has_text="Mend").click()
        until(lambda: not problems(page))
        assert "spare" not in page.locator(".editor .cm-content").inner_text()
        page.keyboard.press("Control+z")
        until(lambda: "spare" in page.locator(".editor .cm-content").inner_text())


def test_a_change_outside_is_noticed_and_taken(page: Any, spec: Path) -> None:
    spec.write_text("# theirs\n" + SMALL)
    page.wait_for_selector(".changed-file")
    assert "was changed elsewhere" in page.locator(".changed-file").inner_text()
    page.get_by_role("button", name="Take the file's text").click()
    until(lambda: "# theirs" in page.locator(".editor .cm-content").inner_text())
    assert page.locator(".changed-file").count() == 0
    assert "not saved" not in page.locator(".file").inner_text()


def test_a_change_outside_is_never_written_over_unseen(page: Any, spec: Path) -> None:
    write(page, "# mine\n")
    spec.write_text("# theirs\n" + SMALL)
    page.keyboard.press("Control+s")
    page.wait_for_selector(".changed-file .cm-changedLine, .changed-file .cm-deletedChunk")
    assert spec.read_text() == "# theirs\n" + SMALL
    assert "# theirs" in page.locator(".changed-file").inner_text()
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_selector(".changed-file", state="detached")
    assert spec.read_text() == "# theirs\n" + SMALL
    page.keyboard.press("Control+s")
    until(lambda: spec.read_text() == SMALL + "# mine\n")


def test_what_is_not_saved_survives_a_reload(page: Any, spec: Path) -> None:
    write(page, "# mine\n")
    until(lambda: "not saved" in page.locator(".file").inner_text())
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector(".network")
    until(lambda: "# mine" in page.locator(".editor .cm-content").inner_text())
    assert "not saved" in page.locator(".file").inner_text()
    spec.write_text("# theirs\n" + SMALL)
    page.reload()
    page.wait_for_selector(".changed-file")
    assert "# mine" in page.locator(".editor .cm-content").inner_text()
    assert spec.read_text() == "# theirs\n" + SMALL


def test_two_pages_on_one_file_lose_nothing(page: Any, spec: Path) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".network")
    write(page, "# first\n")
    write(other, "# second\n")
    page.keyboard.press("Control+s")
    until(lambda: spec.read_text() == SMALL + "# first\n")
    other.keyboard.press("Control+s")
    other.wait_for_selector(".changed-file")
    assert spec.read_text() == SMALL + "# first\n"
    assert "# second" in other.locator(".editor .cm-content").inner_text()
    other.get_by_role("button", name="Keep mine").click()
    other.keyboard.press("Control+s")
    until(lambda: spec.read_text() == SMALL + "# second\n")
    page.bring_to_front()
    page.wait_for_selector(".changed-file")
    assert "# first" in page.locator(".editor .cm-content").inner_text()
    page.get_by_role("button", name="Take the file's text").click()
    at_end(page)
    page.keyboard.press("Control+z")
    until(lambda: "# first" in page.locator(".editor .cm-content").inner_text())


def test_ends_of_lines_stay(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_bytes(SMALL.replace("\n", "\r\n").encode())
    with opened_page(str(spec)) as page:
        write(page, "# more")
        page.keyboard.press("Control+s")
        until(lambda: spec.read_bytes() == SMALL.replace("\n", "\r\n").encode() + b"# more")
        until(lambda: "not saved" not in page.locator(".file").inner_text())


def test_sliders_and_variants(page: Any) -> None:
    start_from(page, "mobilenet-v1")
    until(lambda: "4,231,976" in page.locator(".sums").inner_text())
    page.get_by_label("Variant").select_option("mobilenet-v1-0.75")
    until(lambda: page.get_by_role("slider").first.get_attribute("aria-valuetext") == "0.75")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowLeft")
    said = within("summary", "mobilenet-v1-0.75", "--set", "width=0.5", "--format", "json").stdout
    params = f"{json.loads(said)['totals']['params']:,}"
    until(lambda: sums(page)["params"] == params)
    written = "mobilenet-v1-0.75: {name: 0.75 MobileNet, params: {width: 0.5}"
    assert written not in page.locator(".editor .cm-content").inner_text()
    page.get_by_role("button", name="Write into the spec").click()
    until(lambda: page.get_by_role("button", name="Write into the spec").count() == 0)
    assert written in page.locator(".editor .cm-content").inner_text()
    until(lambda: sums(page)["params"] == params)


def test_completion_knows_options_types_and_values(page: Any) -> None:
    at_end(page)
    for typed, offered in (
        ("- {type: co", "conv"),
        ("nv, ke", "kernel"),
        ("rnel: 3, padd", "padding"),
        ("ing: sa", "same"),
    ):
        page.keyboard.type(typed)
        page.wait_for_selector(".cm-tooltip-autocomplete")
        until(lambda: offered in page.locator(".cm-tooltip-autocomplete").inner_text(), offered)  # noqa: B023
        page.keyboard.press("Escape")


def test_every_tab_has_what_it_shows(page: Any) -> None:
    page.get_by_role("treeitem", name=re.compile("^conv1")).first.click()
    until(lambda: "Arithmetic" in page.locator("section.selected").inner_text())
    for tab in tabs(page):
        page.get_by_role("tab", name=tab).click()
        until(lambda: page.locator("[role=tabpanel]:not([hidden])").inner_text().strip() != "", tab)
        assert page.locator(".refusal").count() == 0, tab


@pytest.mark.parametrize("what", ["Report (HTML)", "Spec (YAML)", "PyTorch", "ONNX without weights"])
def test_files_are_made_of_the_network(what: str, page: Any) -> None:
    page.get_by_label("A file of the network").select_option(label=what)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make", exact=True).click()
    name, content = waiting.value.suggested_filename, waiting.value.path().read_bytes()
    assert name.startswith("net.")
    begins = {
        "Report (HTML)": b"<!DOCTYPE html>",
        "Spec (YAML)": b"input: [3, 32, 32]",
        "PyTorch": b'"""',
        "ONNX without weights": b"\x08",  # the version of its format, the first field
    }
    assert content.startswith(begins[what])
    assert what != "PyTorch" or b"class " in content
    if what == "ONNX without weights":
        page.locator("input[type=file]").set_input_files(
            {"name": "mine.onnx", "mimeType": "", "buffer": content}
        )
        until(lambda: "mine" in page.locator(".editor .cm-content").inner_text())
        until(lambda: sums(page)["params"] == "224")


def test_text_of_a_spec_is_text(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    name = json.dumps(" ".join(sign for sign in SIGNS if "\x1b" not in sign), ensure_ascii=False)
    spec.write_text(
        f"name: {name}\nsource: {name}\n"
        + SMALL
        + f"# {SIGNS[0]}\nexpect: {{params: {{value: 1, source: {name}}}}}\n"
    )
    with opened_page(str(spec)) as page:
        until(lambda: problems(page))
        page.locator(".cm-lintRange").first.hover()
        for tab in tabs(page):
            page.get_by_role("tab", name=tab).click()
        time.sleep(1)
        assert page.evaluate("window.ran") is None
        assert page.locator("#page script, #page image, #page img").count() == 0
        assert "<script>window.ran=1</script>" in page.locator("h1").inner_text()


def test_signs_that_turn_text_round_are_shown(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(f"name: a\u202eb\n{SMALL}", encoding="utf-8")
    with opened_page(str(spec)) as page:
        until(lambda: page.inner_text("h1") == r"a\u202eb")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_nobody_is_shut_out(width: int, scheme: str, spec: Path) -> None:
    rules = axe()
    with program(str(spec)) as (_, address), chromium() as browser:
        page = browser.new_page(
            color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
        )
        page.goto(address)
        page.wait_for_selector(".network")
        write(page, "params: {spare: 1}\nbad: 1\n")
        until(lambda: problems(page))
        assert violations(page, rules) == []
        page.keyboard.press("Control+z")
        write(page, "params: {spare: 1}\n")
        until(lambda: any("rule/unused-param" in each for each in problems(page)))
        spec.write_text("# theirs\n" + SMALL)
        page.wait_for_selector(".changed-file")
        assert violations(page, rules) == []


def compare(page: Any, names: tuple[str, ...]) -> None:
    """Hold the totals that the page shows against those of the command line."""
    keys = {"params": "params", "MACs": "macs"}
    for name in names:
        start_from(page, name)
        document = json.loads(within("summary", name, "--format", "json").stdout)
        wanted = {word: f"{document['totals'][key]:,}" for word, key in keys.items()}
        until(lambda: {word: sums(page).get(word) for word in keys} == wanted, name)  # noqa: B023
        assert problems(page) == [] or document["expectations"]["missed"]


def test_totals_are_those_of_the_command_line(page: Any) -> None:
    compare(page, ("lenet5", "resnet50", "googlenet", "mobilenet-v1-0.75"))


@pytest.mark.slow
def test_totals_of_all_networks_are_those_of_the_command_line(page: Any) -> None:
    compare(page, bundled.names())


BROWSERS_STEPS = 1000
"""How often Chromium itself could undo: for each it keeps elements, which no page is asked about."""


class Sizes(NamedTuple):
    """What is taken: bytes of scripts, elements in the document or held by anything, bytes of the server."""

    heap: int
    nodes: int
    server: int


def sizes(page: Any, session: Any, process: int) -> Sizes:
    """Return what is taken when all is quiet and nothing that could be dropped is kept."""
    time.sleep(3)
    for _ in range(2):  # what a finalizer lets go of goes with the second
        session.send("HeapProfiler.collectGarbage")
    whole = psutil.Process(process)
    return Sizes(
        session.send("Runtime.getHeapUsage")["usedSize"],
        session.send("Memory.getDOMCounters")["nodes"],
        sum(each.memory_info().rss for each in (whole, *whole.children(recursive=True))),
    )


def edit(page: Any, times: int, pause: float = 0) -> None:
    """Type a line and take it back, so that the text is the same in the end."""
    for number in range(0, times, 2):
        page.keyboard.insert_text(f"# {number}\n")
        time.sleep(pause)
        page.keyboard.press("Control+z")
        time.sleep(pause)


@pytest.mark.slow
def test_a_thousand_edits_leave_memory_flat(spec: Path) -> None:
    """Neither the page nor the server grows, once Chromium keeps all that it ever will of what was typed."""
    with program("lenet5") as (process, address), chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".network")
        session = page.context.new_cdp_session(page)
        at_end(page)
        edit(page, 2 * BROWSERS_STEPS)
        edit(page, 20, 0.1)  # each is shown
        before = sizes(page, session, process.pid)
        edit(page, 1000, 0.02)
        after = sizes(page, session, process.pid)
    assert after.nodes < before.nodes + 50, (before, after)
    assert after.heap < 1.1 * before.heap, (before, after)
    assert after.server < 1.1 * before.server + 10e6, (before, after)
