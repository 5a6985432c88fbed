"""Pictures in Chromium: what is measured of their texts there, and whether anything runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEASURE = """
() => {
  const faults = [], near = 0.5;
  const page = document.documentElement.getBoundingClientRect();
  const texts = [...document.querySelectorAll('text')].map(e => ({e, r: e.getBoundingClientRect()}));
  const items = [...document.querySelectorAll('g.item')].map(g => {
    const rects = g.querySelectorAll(':scope > rect');
    return {g, r: rects[rects.length - 1].getBoundingClientRect()};
  });
  const inside = (a, b) => a.left > b.left - near && a.right < b.right + near && a.top > b.top - near
    && a.bottom < b.bottom + near;
  const meet = (a, b) => a.left < b.right - near && b.left < a.right - near && a.top < b.bottom - near
    && b.top < a.bottom - near;
  for (const {e, r} of texts) if (!inside(r, page)) faults.push('leaves the page: ' + e.textContent);
  for (const {g, r} of items) for (const t of g.querySelectorAll(':scope > text')) {
    const legend = !g.querySelector('title');
    if (!t.classList.contains('shape') && !legend && !inside(t.getBoundingClientRect(), r))
      faults.push('leaves its box: ' + t.textContent);
  }
  const cells = new Map(), size = 80;
  const around = (r, use) => {
    for (let x = Math.floor(r.left / size); x <= Math.floor(r.right / size); x++)
      for (let y = Math.floor(r.top / size); y <= Math.floor(r.bottom / size); y++) use(x + ',' + y);
  };
  texts.forEach((t, i) => around(t.r, key => {
    if (!cells.has(key)) cells.set(key, []);
    for (const j of cells.get(key))
      if (meet(t.r, texts[j].r)) faults.push('overlap: ' + t.e.textContent + ' | ' + texts[j].e.textContent);
    cells.get(key).push(i);
  }));
  for (const {g, r} of items) around(r, key => {
    for (const j of cells.get(key) || [])
      if (texts[j].e.parentNode !== g && meet(texts[j].r, r))
        faults.push('over another box: ' + texts[j].e.textContent);
  });
  return [texts.length, [...new Set(faults)]];
}
"""

WIDTHS = """
() => [...document.querySelectorAll('text')].map(e => {
  const said = e.textLength.baseVal.value;
  e.removeAttribute('textLength');
  return [e.textContent, said, e.getComputedTextLength()];
})
"""


@contextmanager
def chromium_page() -> Iterator[Any]:
    """Give a page of Chromium."""
    with chromium() as browser:
        yield browser.new_page()


def faults_of(page: Any, svg: str, folder: Path) -> list[str]:
    """Return the texts of a picture that overlap others, or leave their box or the page."""
    path = folder / "picture.svg"
    path.write_text(svg, encoding="utf-8")
    page.goto(path.as_uri())
    count, faults = page.evaluate(MEASURE)
    assert count > 2
    return list(faults)
