"""The statements of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.shapes import shape
from cnnstat.exporters.source.forward import Forward
from cnnstat.exporters.source.layout import Doc, lines

if TYPE_CHECKING:
    from cnnstat.exporters.source.forward import Val

INDENT = 4


class Body(Forward):
    """The statements of one function, in order."""

    shape_text = staticmethod(shape)

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
            found += self._commented(lines(f"{target} = ", statement.text(self.name), "", INDENT), statement)
        if at_once and final is not None:
            return [*found, *self._commented(lines("return ", final.text(self.name), "", INDENT), final)]
        if returned:
            found += lines("return ", self.put_out(outputs), "", INDENT)
        return found

    def put_out(self, outputs: list[Val]) -> Doc:
        """Return what is put out."""
        text = ", ".join(self.name(val) for val in outputs)
        if any(val.item == "*" for val in outputs):
            return f"({text},)" if len(outputs) == 1 else f"({text})"
        return text
