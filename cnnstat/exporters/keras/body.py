"""The statements of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.shapes import shape
from cnnstat.exporters.source.forward import Forward
from cnnstat.exporters.source.layout import WIDTH, Doc, lines

if TYPE_CHECKING:
    from cnnstat.exporters.source.forward import Statement, Val

INDENT = 4


class Body(Forward):
    """The statements of one function, in order."""

    def named_statements(self, outputs: list[Val]) -> None:
        """Leave out what nothing reads, and give everything a name."""
        self.several = len(outputs) > 1
        self._drop_unread(outputs)
        self._name_all(self._last_uses(outputs))

    def written(self, outputs: list[Val], *, returned: bool) -> list[str]:
        """Return the statements, and what they come to where that is `returned`."""
        found: list[str] = []
        final = self.statements[-1] if self.statements else None
        at_once = (
            returned
            and final is not None
            and final.loop is None
            and len(final.targets) == len(outputs) == 1
            and final.targets[0] is outputs[0]
        )
        for statement in self.statements[:-1] if at_once else self.statements:
            if statement.loop is not None:
                found += statement.loop(self.name)
                continue
            target = ", ".join(self.named[id(val)] for val in statement.targets)
            found += self._shaped(lines(f"{target} = ", statement.text(self.name), "", INDENT), statement)
        if at_once and final is not None:
            return [*found, *self._shaped(lines("return ", final.text(self.name), "", INDENT), final)]
        if returned:
            found += lines("return ", self.put_out(outputs), "", INDENT)
        return found

    def put_out(self, outputs: list[Val]) -> Doc:
        """Return what is put out."""
        text = ", ".join(self.name(val) for val in outputs)
        if any(val.item == "*" for val in outputs):
            return f"({text},)" if len(outputs) == 1 else f"({text})"
        return text

    def _shaped(self, written: list[str], statement: Statement) -> list[str]:
        """Return a statement with the shape that it puts out, where that is another one than it reads."""
        comment = self._shape(statement.targets[0])
        comment = "" if comment == self._shape(statement.reads[0]) else comment
        if comment and len(written) == 1 and len(written[0]) + len(comment) + 4 <= WIDTH:
            written[0] += f"  # {comment}"
        return written

    def _shape(self, val: Val) -> str:
        found = {self.shapes[number] for number in val.numbers}
        return shape(next(iter(found))) if len(found) == 1 else ""
