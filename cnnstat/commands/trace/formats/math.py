"""The mathematics of a trace as LaTeX, which Markdown has in its blocks of mathematics, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.commands.trace.sections import kept_of, kept_planes, padding_of, texts
from cnnstat.commands.trace.working import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.trace.working import Matrix, Part, Plane, Step

_SIGNS = {"×": r"\odot", "−": "-", "=": "="}
_WORDS = {
    **{"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_"},
    **{"%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "×": r"$\times$"},
    **{"…": r"\ldots{}", "·": r"$\cdot$", "²": r"$^2$", "<": "$<$", ">": "$>$"},
    **{"|": r"\textbar{}", "–": "--"},
}
_SPECIAL = re.compile("|".join(map(re.escape, _WORDS)))


def words(text: str) -> str:
    """Return words as LaTeX shows them, whatever they are."""
    return _SPECIAL.sub(lambda found: _WORDS[found[0]], text)


def blocks(part: Part) -> Iterator[str]:
    """Yield a displayed formula for each plane that is shown."""
    shown = [number for number in kept_planes(part) if number is not None]
    for number in shown:
        yield plane(part.planes[number])


def plane(given: Plane) -> str:
    """Return the matrices of a plane side by side, their heads below."""
    label = rf"\text{{{words(given.label)}:}}\quad " if given.label else ""
    return label + " ".join(_matrix(each, given) for each in given.matrices)


def _matrix(matrix: Matrix, given: Plane) -> str:
    rows, columns = kept_of(given.matrices[0])
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
        lines.append(" & ".join(cells))
    body = r" \\ ".join(lines)
    array = rf"\left[\begin{{array}}{{{'r' * len(columns)}}} {body} \end{{array}}\right]"
    sign = f"{_SIGNS.get(matrix.sign, '')} " if matrix.sign else ""
    return sign + (rf"\underset{{\text{{{words(matrix.head)}}}}}{{{array}}}" if matrix.head else array)


def step(given: Step) -> tuple[str, str]:
    """Return the name of a step, and what it says."""
    result = number_text(given.value)
    return given.name, f"{given.formula} = {result}" if given.formula and given.formula != result else result
