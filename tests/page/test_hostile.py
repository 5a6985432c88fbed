"""Texts of a spec are texts on the page: none is markup, none runs, whatever it holds."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import chromium
from tests.commands.draw.hostile_spec import LONG, SIGNS
from tests.page.browser import items, opened, report, tabs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

TEXTS = (
    *SIGNS,
    "</script><script>window.ran=5</script>",
    "a\u2028b\u2029c",
    "\u202eabc\u2066",
    "javascript:window.ran=6",
    LONG,
)
FIXED = {
    *("version", "command", "dtype", "optimizer", "colours", "$schema"),
    *("severity", "kind", "status", "beyond", "sign", "figure"),
}
"""What the page's own words are; no spec chooses them."""
_DATA = re.compile(r'(<script type="application/gzip;base64" id="[a-z0-9-]+">)([^<]*)(</script>)')


def planted(value: Any, text: str, *, chart: bool = False) -> Any:
    """Return a document in which every text ends with this one; of a chart, its titles and its data."""
    if isinstance(value, dict):
        return {
            key: kept
            if key in FIXED
            else planted(
                kept, text, chart=(chart or key in ("light", "dark")) and key not in ("values", "title")
            )
            for key, kept in value.items()
        }
    if isinstance(value, list):
        return [planted(each, text, chart=chart) for each in value]
    return value + text if isinstance(value, str) and not chart else value


def with_texts(file: str, text: str) -> str:
    """Return a report with a text everywhere in its data."""

    def packed(found: re.Match[str]) -> str:
        value = planted(json.loads(gzip.decompress(base64.b64decode(found[2]))), text)
        return found[1] + base64.b64encode(gzip.compress(json.dumps(value).encode())).decode() + found[3]

    return _DATA.sub(packed, file)


@pytest.mark.parametrize("arguments", [("lenet5", "--run"), ("resnet18",), ("lenet5", "vgg11")], ids="-".join)
def test_no_text_is_markup(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = report(tmp_path, *arguments).read_text(encoding="utf-8")
    path = tmp_path / "hostile.html"
    with chromium() as browser:
        for text in TEXTS:
            path.write_text(with_texts(file, text), encoding="utf-8")
            with opened(browser, path, width=1200) as at:
                page = at.page
                if found := items(page):
                    page.click(f".node >> nth={len(found) // 2}", timeout=10_000)
                    assert page.inner_text(".selected h2").strip()
                for tab in tabs(page):
                    page.click(f"[role=tab]:text-is('{tab}')")
                    shown = page.locator("[role=tabpanel]:not([hidden])").text_content()
                    if tab in ("Spec", "Layers"):
                        assert "".join(text.split())[:40] in "".join(shown.split()), (tab, text)
                assert page.evaluate("window.ran") is None
                made = "img, image, iframe, object, embed, #page script, #page style, #page [onerror]"
                assert page.locator(made).count() == 0
                assert [each for each in at.asked if each.partition("#")[0] != path.as_uri()] == []
                assert at.said == []
