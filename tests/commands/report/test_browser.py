"""The file of a report, opened from disk in Chromium: nothing is asked for, and no text does anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import chromium
from tests.commands.draw.hostile_spec import SIGNS, hostile_text
from tests.commands.report.html_reader import held
from tests.page.browser import opened, report
from tests.program import within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.page

UNPACKED = """
async () => {
  const found = {};
  for (const each of document.querySelectorAll('script[type="application/gzip;base64"]')) {
    const bytes = Uint8Array.from(atob(each.textContent), sign => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    found[each.id] = await new Response(stream).json();
  }
  return found;
}
"""
FORBIDDEN = """
() => new Promise(done => {
  const refused = [];
  document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
  const put = (name, more) => {
    const element = document.body.appendChild(document.createElement(name));
    try { Object.assign(element, more); } catch (error) { refused.push(`${name}: ${error.name}`); }
  };
  put('script', {textContent: 'window.ran = 1'});
  put('div', {innerHTML: '<b id="markup"></b>'});
  put('style', {textContent: 'body { display: none }'});
  put('img', {src: 'https://example.org/x.png'});
  put('iframe', {src: 'https://example.org/'});
  put('link', {rel: 'stylesheet', href: 'https://example.org/x.css'});
  fetch('https://example.org/').catch(() => {});
  // Later: what a test evaluates itself may use it.
  setTimeout(() => { try { eval('window.ran = 2'); } catch { refused.push('eval'); } });
  setTimeout(() => done([window.ran ?? null, [...new Set(refused)].sort()]), 500);
})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize(
    "words", [("lenet5", "--run"), ("vgg16", "vgg19"), ("wavenet",), ("siamese",)], ids=str
)
def test_it_opens_from_disk_and_asks_for_nothing(
    words: tuple[str, ...], browser: Any, tmp_path: Path
) -> None:
    path = report(tmp_path, *words)
    with opened(browser, path) as at:
        at.page.wait_for_timeout(300)
        assert at.said == []
        assert [each for each in at.asked if not each.startswith(("data:", "blob:"))] == [path.as_uri()]


def test_a_browser_unpacks_what_was_packed(browser: Any, tmp_path: Path) -> None:
    path = report(tmp_path, "lenet5", "googlenet")
    with opened(browser, path) as at:
        found = at.page.evaluate(UNPACKED)
        assert found == held(path.read_text(encoding="utf-8"))
        summary = json.loads(within("summary", "googlenet", "--format", "json").stdout)
        assert found["network-1"]["summary"] == summary


def test_the_policy_lets_nothing_else_in(browser: Any, tmp_path: Path) -> None:
    with opened(browser, report(tmp_path, "lenet5")) as at:
        ran, refused = at.page.evaluate(FORBIDDEN)
        assert ran is None
        expected = {"connect-src", "frame-src", "img-src", "style-src-elem", "eval"}
        texts = {"require-trusted-types-for", "script: TypeError", "div: TypeError"}
        assert expected | texts <= {*refused}
        assert at.page.locator("#markup").count() == 0
        assert at.page.is_visible("#page")


@pytest.mark.parametrize("sign", SIGNS, ids=repr)
def test_texts_of_a_spec_do_nothing(sign: str, browser: Any, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(hostile_text(sign), encoding="utf-8")
    with opened(browser, report(tmp_path, str(spec))) as at:
        assert at.page.evaluate("window.ran ?? null") is None
        assert at.page.locator("#page script, #page img, #page style, #page iframe").count() == 0
        assert at.said == []


def test_without_scripts_the_totals_are_shown(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report(tmp_path, "lenet5").as_uri())
    assert "60,840" in page.inner_text("noscript table")
    context.close()
