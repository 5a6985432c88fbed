"""The mathematics of a trace as LaTeX, which Markdown has in its blocks of mathematics, too."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from cnnstat.commands.trace.sections import MOST_COLUMNS, kept_of, kept_planes, padding_of, texts
from cnnstat.commands.trace.working import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.commands.trace.working import Matrix, Part, Plane, Step

_SIGNS = {"×": r"\odot", "−": "-", "=": "="}
_WORDS = {
    **{"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#"},
    **{"%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "×": r"$\times$"},
    **{"…": r"\ldots{}", "·": r"$\cdot$", "²": r"$^2$", "<": "$<$", ">": "$>$"},
    **{"|": r"\textbar{}", "–": "--", "_": r"\_\allowbreak{}"},
}
_SPECIAL = re.compile("|".join(map(re.escape, _WORDS)))


def words(text: str) -> str:
    """Return words as LaTeX shows them, whatever they are."""
    return _SPECIAL.sub(lambda found: _WORDS[found[0]], text)


def blocks(part: Part, most: int = MOST_COLUMNS, room: float = inf) -> Iterator[str]:
    """Yield a displayed formula for each plane that is shown, with so many columns of each matrix at most."""
    shown = [number for number in kept_planes(part) if number is not None]
    for number in shown:
        yield plane(part.planes[number], most, room)


def plane(given: Plane, most: int = MOST_COLUMNS, room: float = inf) -> str:
    """Return the matrices of a plane, their heads below: side by side where ``room`` digits are enough."""
    label = rf"\text{{{words(given.label)}:}}\quad " if given.label else ""
    found = [_cells(each, given, most) for each in given.matrices]
    matrices = [_matrix(*each) for each in zip(given.matrices, found, strict=True)]
    if len(found) > 1 and sum(_width(each) + 2 for each in found) + len(given.label) > room:
        lines = r" \\ ".join([label, *matrices] if label else matrices)
        return rf"\begin{{gathered}} {lines} \end{{gathered}}"
    return label + " ".join(matrices)


def columns_of(planes: Iterable[Plane], room: float) -> int:
    """Return how many columns are shown of matrices: as many as every one of some planes has room for."""
    shown = list(planes)
    for most in range(MOST_COLUMNS, 3, -1):
        if all(
            _width(_cells(each, one, most)) + len(one.label) <= room for one in shown for each in one.matrices
        ):
            return most
    return 3


def _cells(matrix: Matrix, given: Plane, most: int) -> list[list[str]]:
    rows, columns = kept_of(given.matrices[0], most)
    known = texts([each for row in matrix.rows for each in row if each is not None])
    lines = []
    for i in rows:
        cells = []
        for j in columns:
            if i is None or j is None:
                cells.append(r"\ddots" if i is None and j is None else r"\vdots" if i is None else r"\cdots")
                continue
            each = matrix.rows[i][j]
            text = padding_of(matrix).replace("–", "-") if each is None else known[each].replace("−", "-")
            cells.append(rf"\boxed{{{text}}}" if (i, j) in matrix.marked else text)
        lines.append(cells)
    return lines


def _width(cells: list[list[str]]) -> int:
    """Return about how many digits wide a matrix is: its columns, with the space of two between them."""
    columns = zip(*cells, strict=True)
    return sum(max(map(_digits, column)) + 2 for column in columns) + 2


def _digits(text: str) -> int:
    return 2 if text.endswith("dots") else len(text.removeprefix(r"\boxed{")) + text.count("-")


def _matrix(matrix: Matrix, cells: list[list[str]]) -> str:
    body = r" \\ ".join(map(" & ".join, cells))
    array = rf"\left[\begin{{array}}{{{'r' * len(cells[0])}}} {body} \end{{array}}\right]"
    sign = f"{_SIGNS.get(matrix.sign, '')} " if matrix.sign else ""
    return sign + (rf"\underset{{\text{{{words(matrix.head)}}}}}{{{array}}}" if matrix.head else array)


def step(given: Step) -> tuple[str, str]:
    """Return the name of a step, and what it says."""
    result = number_text(given.value)
    return given.name, f"{given.formula} = {result}" if given.formula and given.formula != result else result
