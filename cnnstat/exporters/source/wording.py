"""How layers and calls of blocks are said in all places where a class has them: with one text for all."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expression_values import NoValueError, same
from cnnstat.exporters.source.expressions import Tree, binary, constant, names_in, renamed, sum_of
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.layout import Call, Doc, Joined
from cnnstat.exporters.source.parts import Parts
from cnnstat.exporters.source.said import NO_DEFAULT, Said
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.exporters.source.arguments import Param
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.said import Arg
    from cnnstat.spec.model import Entry

IN = "in"


class Wording(Parts):
    """Texts of layers and calls."""

    def layer(
        self, entry: Entry, uses: list[Use], sources: list[Val], *, fresh: bool = True
    ) -> tuple[Said | None, dict[str, Tree], Doc]:
        """Return how a layer is said in all these places: what it is, its arguments, and what makes it."""
        saids = [self.network.said(use.item.made) for use in uses]
        if any(said.word != saids[0].word for said in saids):
            return None, {}, Call(self.chosen_type(entry, uses, saids), [])
        said = saids[0]
        trees, words = self.arguments(saids, uses, sources, fresh=fresh)
        self.helpers |= set(said.helpers)
        return said, trees, Call(said.made or "", words)

    def arguments(
        self, saids: Sequence[Said], uses: list[Use], sources: list[Val], *, fresh: bool
    ) -> tuple[dict[str, Tree], list[Doc]]:
        """Return what the arguments of a layer are in all places: as expressions, and as texts."""
        keys: dict[str, Arg] = {}
        rows = []
        for each in saids:
            rows.append({arg.key or f"#{i}": arg for i, arg in enumerate(each.args)})
            for key, arg in rows[-1].items():
                keys.setdefault(key, arg)
        trees: dict[str, Tree] = {}
        words: list[Doc] = []
        for key, arg in keys.items():
            values = [row[key].value if key in row else arg.default for row in rows]
            if NO_DEFAULT in values:
                raise SplitError(key)
            tree = self.args.choose(
                values, uses, self.candidates(arg, uses, sources), _hint(arg, key), fresh=fresh
            )
            trees[key] = tree
            if arg.default is not NO_DEFAULT and not names_in(tree) and same(values[0], arg.default):
                continue
            text = _nested(tree)
            words.append(text if arg.key is None else Joined(f"{arg.key}=", text))
        return trees, words

    def chosen_type(self, entry: Entry, uses: list[Use], saids: list[Said]) -> str:
        """Return the argument that is the class of what is made."""
        spec = parameter_of(entry)
        tree = self.args.known.get(spec) if spec else None
        if not isinstance(tree, ast.Name):
            raise SplitError("type")
        param = self.args.params[tree.id]
        heads: dict[str, str] = {}
        for said, use in zip(saids, uses, strict=True):
            if said.made is None or said.stores or _visible(said):
                raise SplitError("type")
            heads[str(param.values[use.instance])] = said.made
        self.args.use(tree)
        param.module = True
        self.network.heads |= heads
        return tree.id

    def candidates(self, arg: Arg, uses: list[Use], sources: list[Val]) -> list[Tree]:
        """Return what an argument may be said by."""
        widths = sources[0].widths if sources else []
        if arg.hint == IN:
            return widths
        if arg.hint in ("map", "shape") and isinstance(arg.value, tuple) and arg.key is None:
            rest = [constant(size) for size in arg.value[1:]]
            return [ast.Tuple([width, *rest]) for width in widths]
        found: list[Tree] = []
        for operand in self.operands(arg.hint, uses):
            chosen = operand
            if arg.item is not None:
                chosen = (operand.items if isinstance(operand, Expressions) else operand)[arg.item]
            for known in [{IN: width} for width in widths] or [{}]:
                found += self.args.written(chosen, known)
        if arg.times_in:
            times = found or [constant(1)]
            return [binary(width, ast.Mult(), each) for width in widths for each in times]
        return found

    def widths_of(self, said: Said | None, trees: dict[str, Tree], sources: list[Val]) -> list[Tree]:
        """Return what the channels of a layer's output may be said by."""
        if said is None or said.width in (IN, "flat"):
            return [width for source in sources for width in source.widths]
        if said.width == "sum":
            each = [source.widths[:1] for source in sources]
            return [sum_of([widths[0] for widths in each])] if all(each) else []
        if said.width in ("half", "part"):
            by = constant(2) if said.width == "half" else trees.get("parts", constant(1))
            return [ast.BinOp(width, ast.FloorDiv(), by) for width in sources[0].widths]
        if isinstance(said.width, int):
            return [trees[f"#{said.width}"]]
        return [trees[said.width]] if said.width in trees else []

    def expression(self, val: Val, said: Said, trees: dict[str, Tree], sources: list[Val]) -> None:
        """Add an expression."""
        self.helpers |= set(said.helpers)
        self.forward.add([val], sources, lambda names: self.formula(said, trees, [names(s) for s in sources]))

    def formula(self, said: Said, trees: dict[str, Tree], names: list[str]) -> Doc:
        """Return an expression of inputs with these names, as the target has it."""
        raise NotImplementedError

    def block_call(self, uses: list[Use], sources: list[Val], *, fresh: bool = True) -> tuple[Build, Doc]:
        """Return the class of a call in all these places, and the text that makes it."""
        classes = [self.network.class_of(use.item.made) for use in uses]
        if any(each is not classes[0] for each in classes):
            raise SplitError("type")
        klass = classes[0]
        words: list[Doc] = []
        for param in klass.args.ordered():
            values = [self.network.argument(param, use.item.made) for use in uses]
            default = param.default
            if param.module and default not in self.network.heads:
                default = NO_DEFAULT
            if default is not NO_DEFAULT and all(same(value, default) for value in values):
                continue
            tree = self.args.choose(
                values, uses, self.bound(klass, param, uses, sources), param.name, fresh=fresh
            )
            text = text_of(tree)
            if param.module:
                if isinstance(tree, ast.Name):
                    self.args.params[tree.id].module = True
                elif isinstance(tree, ast.Constant):
                    text = self.network.heads[str(tree.value)]
                else:
                    raise SplitError(param.name)
            positional = default is NO_DEFAULT and param.default is NO_DEFAULT
            words.append(text if positional else Joined(f"{param.name}=", text))
        return klass, Call(klass.title, words)

    def bound(self, klass: Build, param: Param, uses: list[Use], sources: list[Val]) -> list[Tree]:
        """Return what an argument of a call may be said by."""
        inputs = list(klass.args.params)[: len(klass.scopes[0].input_names)]
        if param.name in inputs:
            return sources[inputs.index(param.name)].widths
        if param.network:
            return [tree for tree in (self.args.known.get(param.spec or ""),) if tree is not None]
        if param.spec is None:
            return []
        found: list[Tree] = []
        for operand in self.operands(param.spec, uses):
            found += self.args.written(operand)
        if param.default is not NO_DEFAULT:
            found.append(constant(param.default))
        return found

    def widths_of_call(
        self, klass: Build, uses: list[Use], sources: list[Val], tap: str | None
    ) -> list[Tree]:
        """Return what the channels of a class's output are, in the words of who calls it."""
        return renamed_widths(klass.widths(tap), self.bindings(klass, klass.args.params, uses, sources))

    def results(
        self, title: str, klass: Build, uses: list[Use], sources: list[Val], numbers: list[int]
    ) -> tuple[Val, dict[str, Val]]:
        """Return what a call puts out, and what it puts out beside that."""
        val = Val(title, numbers, self.verified(numbers, self.widths_of_call(klass, uses, sources, None)))
        taps: dict[str, Val] = {}
        for tap in klass.taps:
            inner = [self.network.taps.tapped(use.item.made, tap) for use in uses]
            widths = self.verified(inner, self.widths_of_call(klass, uses, sources, tap))
            taps[tap] = Val(f"{title}_{tap}", inner, widths)
        return val, taps

    def bindings(
        self, klass: Build, params: Iterable[str], uses: list[Use], sources: list[Val]
    ) -> dict[str, Tree]:
        """Return what parameters of a class are in the words of who calls it, where one word is right."""
        found: dict[str, Tree] = {}
        for key in params:
            param = klass.args.params[key]
            values = [self.network.argument(param, use.item.made) for use in uses]
            tree = self.args.pick(values, uses, self.bound(klass, param, uses, sources))
            if tree is None and all(same(value, values[0]) for value in values):
                tree = constant(values[0])
            if tree is not None:
                found[param.name] = tree
        return found


def renamed_widths(widths: Iterable[Tree], bindings: dict[str, Tree]) -> list[Tree]:
    """Return widths in other words, without those that have no value in these."""
    found = []
    for width in widths:
        try:
            found.append(renamed(width, bindings))
        except NoValueError:
            continue
    return found


def _hint(arg: Arg, key: str) -> str:
    if arg.hint == IN:
        return "channels"
    return arg.hint if arg.hint not in ("", "map") else arg.key or "size"


def parameter_of(entry: Entry) -> str | None:
    """Return the parameter that is the type of an entry."""
    value = entry.type.value
    if isinstance(value, Expression) and isinstance(value.tree, ast.Name):
        return value.tree.id.removeprefix("__")
    return None


def _visible(said: Said) -> bool:
    return any(arg.default is NO_DEFAULT or not same(arg.value, arg.default) for arg in said.args)


def _nested(tree: Tree) -> Doc:
    """Return an expression; a list of lists may be broken into lines."""
    if isinstance(tree, ast.Tuple | ast.Constant):
        items = tree.elts if isinstance(tree, ast.Tuple) else tree.value
        if isinstance(items, tuple | list) and len(items) > 1:
            inside = [each if isinstance(each, ast.expr) else constant(each) for each in items]
            return Call("", [_nested(each) for each in inside])
    return text_of(tree)
