"""One function of the source: what a block, or the network itself, makes of what it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras.body import Body
from cnnstat.exporters.keras.said import Chain, KerasSaid
from cnnstat.exporters.source.build import Build
from cnnstat.exporters.source.classes import SplitError, Use
from cnnstat.exporters.source.expressions import Tree, text_of
from cnnstat.exporters.source.forward import Statement, Val
from cnnstat.exporters.source.layout import Applied, Call, Doc, Generator, Joined, lines
from cnnstat.exporters.source.loops import Loop
from cnnstat.exporters.source.names import variable
from cnnstat.exporters.source.said import Said, UnsaidError
from cnnstat.exporters.source.scopes import Item, Scope
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.keras.said import Step
    from cnnstat.exporters.source.forward import Names
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry

WORDS = ("keras", "layers", "ops", "np", "name", "inputs", "model", "shared", "load", "save", "KerasTensor")
"""Names that the source has another use for."""
PAD = 4


class Function(Build):
    """One function, made of all calls of a block that it can say; or of the network itself."""

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        super().__init__(network, title, scopes, used)
        # Channels are those of what a function is given: it needs no argument for them.
        for param, _ in zip(self.args.params.values(), scopes[0].input_names, strict=False):
            if self.block is not None:
                param.local = "channels"
        self.forward = self.body = Body(self.forward.inputs, network.shapes)
        self.forward.reserved = {*network.taken, *WORDS, title}
        self.lenders = {
            entry.weights.name.partition(".")[0] for entry in scopes[0].entries if entry.weights is not None
        }

    # -- names ---------------------------------------------------------------------------------------

    def said_name(self, uses: list[Use], stores: bool) -> str:
        """Return the text that is the name of a layer, or of a block's call, in all these places.

        Raises:
            SplitError: they have several names, and weights under them.
        """
        found: list[str] = []
        for use in uses:
            above = self.scopes[use.instance].path
            own = use.item.made.path[len(above) + 1 if above else 0 :]
            if use.item.index is not None:
                stem = own.rpartition(".")[0]
                own = f"{stem}_{'{i}' if use.counted else use.item.index}"
            found.append(own.replace(".", "_"))
        if len(set(found)) > 1 and stores:
            raise SplitError(found[0])
        text = found[0]
        if self.block is not None:
            return f'f"{{name}}_{text}"'
        return f'f"{text}"' if "{i}" in text else f'"{text}"'

    # -- what is made --------------------------------------------------------------------------------

    def layer(
        self, entry: Entry, uses: list[Use], sources: list[Val], *, fresh: bool = True
    ) -> tuple[Said | None, dict[str, Tree], Doc, bool]:
        """Return how a layer is said in all these places: its steps in order."""
        saids = self.in_one_form([self.network.said(use.item.made) for use in uses])
        name = Joined("name=", self.said_name(uses, any(said.stores for said in saids)))
        first = saids[0]
        if any(said.head != first.head or _around(said) != _around(first) for said in saids):
            if any(_around(said) != ((), ()) or said.listed for said in saids):
                raise SplitError("type")
            head = self.chosen_type(entry, uses, [*saids])
            return None, {}, Chain(head, [name], steps=[_applied(Call(head, [name]), first)]), True
        steps: list[Step] = []
        for part, suffix in zip(range(len(first.before)), ("_pad", "_pad2"), strict=False):
            steps.append(self.part([said.before[part] for said in saids], uses, sources, fresh, name, suffix))
        trees, words = self.arguments(saids, uses, sources, fresh=fresh)
        self.helpers |= set(first.helpers)
        main = len(steps)
        made = Call(first.head, [*words, name])
        steps.append(
            _applied(made, first) if first.module else lambda names: self.formula(first, trees, names)
        )
        for part in range(len(first.after)):
            steps.append(self.part([said.after[part] for said in saids], uses, sources, fresh, name, "_crop"))
        return first, trees, Chain(made.head, made.arguments, steps=steps, main=main), True

    def part(
        self, saids: list[Said], uses: list[Use], sources: list[Val], fresh: bool, name: Joined, suffix: str
    ) -> Step:
        """Return a step that stands before or behind a layer."""
        first = saids[0]
        trees, words = self.arguments(saids, uses, sources, fresh=fresh)
        self.helpers |= set(first.helpers)
        if not first.module:
            return lambda names: self.formula(first, trees, names)
        assert isinstance(name.inner, str)
        own = Joined("name=", f'{name.inner[:-1]}{suffix}"')
        return _applied(Call(first.head, [*words, own]), first)

    def in_one_form(self, saids: list[Any]) -> list[KerasSaid]:
        """Return layers in a form that all of them have."""
        if not all(said.forms for said in saids):
            return saids
        for name, _ in saids[0].forms:
            if all(name in dict(said.forms) for said in saids):
                return [dict(said.forms)[name] for said in saids]
        return saids

    def block_call(self, uses: list[Use], sources: list[Val], *, fresh: bool = True) -> tuple[Build, Doc]:
        """Return the function of a call in all these places, and the call."""
        klass, doc = super().block_call(uses, sources, fresh=fresh)
        assert isinstance(doc, Call)
        words = [*doc.arguments, Joined("name=", self.said_name(uses, klass.stores))]
        return klass, Chain(doc.head, words, steps=[lambda names: Call(doc.head, [*names, *words])], main=0)

    def expression(self, val: Val, said: Said, trees: dict[str, Tree], sources: list[Val]) -> None:
        """Add a layer of which there are several, one after the other."""
        raise SplitError(val.name)

    def formula(self, said: Said, trees: dict[str, Tree], names: list[str]) -> Doc:
        """Return an expression of inputs with these names."""
        words = {key: text_of(tree, least=5) for key, tree in trees.items()}
        return said.head.format(*names, **words)

    def generated(self, doc: Doc, count: Tree, start: int) -> Doc:
        """Return a text repeated; the number of each stands in its name."""
        begin = f"{start}, " if start else ""
        return Generator(doc, f"for i in range({begin}{text_of(count)})")

    # -- entries -------------------------------------------------------------------------------------

    def always(self, entry: Entry, title: str, found: dict[int, Member]) -> None:
        """Add an entry that is present in every call."""
        sources = self.sources(entry)
        numbers = [found[i].output for i in range(len(self.scopes))]
        if entry.repeat is not None:
            self.repeated(entry, title, found, sources, numbers)
            return
        uses = [Use(i, member.items[0]) for i, member in found.items()]
        if isinstance(uses[0].item.made, LayerNode):
            said, trees, doc, _ = self.layer(entry, uses, sources)
            if said is not None and said.head == "{0}":
                self.put(title, sources[0])
                return
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            stores = said is not None and said.stores
            self.docs[title] = (uses, self.network.said(uses[0].item.made))
            self.apply(val, [], self.through(entry, title, uses, doc, stores), sources)
            self.put(title, val)
            return
        klass, doc = self.block_call(uses, sources)
        assert isinstance(klass, Function)
        val = Val(title, numbers, self.verified(numbers, self.widths_of_call(klass, uses, sources, None)))
        taps = {}
        for tap in klass.taps:
            inner = [self.network.tapped(use.item.made, tap) for use in uses]
            widths = self.verified(inner, self.widths_of_call(klass, uses, sources, tap))
            taps[tap] = Val(f"{title}_{tap}", inner, widths)
        self.docs[title] = (uses, klass)
        self.apply(val, list(taps.values()), self.through(entry, title, uses, doc, klass.stores), sources)
        self.items[title] = lambda rest: [{"": val, **taps}[self.canonical(klass, rest)]]
        self.put(title, val)

    def apply(self, val: Val, more: list[Val], chain: Chain, sources: list[Val]) -> None:
        """Add the steps of a layer or a call."""
        current = list(sources)
        for step in chain.steps[:-1]:
            mid = Val(val.name, sources[0].numbers)
            self.add([mid], current, step)
            current = [mid]
        self.add([val, *more], current, chain.steps[-1])

    def add(self, targets: list[Val], reads: list[Val], step: Step) -> None:
        """Add a statement."""
        self.forward.add(targets, reads, lambda names: step([names(each) for each in reads]))

    # -- shared weights ------------------------------------------------------------------------------

    def through(self, entry: Entry, title: str, uses: list[Use], doc: Doc, stores: bool) -> Chain:
        """Return the steps of an entry, through a variable where it shares its weights."""
        assert isinstance(doc, Chain)
        if not stores:
            return doc
        if entry.weights is not None and entry.weights.name != title:
            return _through(doc, self.lent(entry, uses))
        if title in self.lenders:
            return _through(doc, self.lend(entry, title, uses, doc))
        return doc

    def lend(self, entry: Entry, title: str, uses: list[Use], doc: Chain) -> str:
        """Add what makes a layer, or a model of a block, that several places call; return its variable."""
        target = variable(f"{title}_layer", self.forward.reserved | set(self.args.params))
        made: Doc = Call(doc.head, doc.arguments)
        if isinstance(uses[0].item.made, Scope):
            shapes = {
                tuple(self.network.shapes[number] for number in item.inputs)
                for scope in self.scopes
                for member in scope.members
                for item in member.items
                if member.name == title or (member.entry.weights and member.entry.weights.name == title)
            }
            first, *_ = shapes
            each = [
                (*(shape[1:] if len(shapes) == 1 else (None,) * (len(shape) - 1)), shape[0])
                for shape in first
            ]
            given = str(each[0]) if len(each) == 1 else str(each)
            made = Call("shared", [doc.head, given, *doc.arguments])
            self.helpers.add("shared")
        self.lends[title] = target
        self.line(lambda names: lines(f"{target} = ", made, "", PAD))
        return target

    def line(self, text: Callable[[Names], list[str]]) -> None:
        """Add lines that put nothing out."""
        self.forward.statements.append(Statement([], [], lambda names: "", text))

    def lent(self, entry: Entry, uses: list[Use]) -> str:
        """Return the layer or model whose weights an entry uses.

        Raises:
            UnsaidError: that one would do something else, or cannot be read.
        """
        assert entry.weights is not None
        first, *rest = entry.weights.name.split(".")
        if first not in self.lends or any(part.isdigit() for part in rest):
            raise UnsaidError(f"weights of '{entry.weights.name}'")
        if rest:
            self.network.check_path(self.scopes, first, rest, entry)
            if not isinstance(uses[0].item.made, LayerNode):
                raise UnsaidError(f"weights of '{entry.weights.name}'")
            own = "_".join((first, *rest))
            name = f'f"{{name}}_{own}"' if self.block is not None else f'"{own}"'
            return f"{self.lends[first]}.get_layer({name})"
        for a, b in zip(self.docs[first][0], uses, strict=False):
            if not self.network.alike(a.item.made, b.item.made):
                what = "layer" if isinstance(b.item.made, LayerNode) else "block"
                raise UnsaidError(f"weights of '{entry.weights.name}' in a {what} with other options")
        return self.lends[first]

    # -- repetitions ---------------------------------------------------------------------------------

    def repeated(
        self, entry: Entry, title: str, found: dict[int, Member], sources: list[Val], numbers: list[int]
    ) -> None:
        """Add the repetitions of a layer or a block."""
        uses = [Use(i, item, counted=True) for i, member in found.items() for item in member.items]
        is_layer = isinstance(uses[0].item.made, LayerNode)
        counts = [len(member.items) for member in found.values()]
        operand = entry.repeat.value if entry.repeat else None
        whole = [Use(i, member.items[0]) for i, member in found.items()]
        count = self.args.choose(counts, whole, self.args.written(operand), "repeat")
        widths = self.repeated_widths(uses, sources, is_layer)
        stores = any(self.network.stores(use.item.made) for use in uses)
        klass: Build | None = None
        if entry.weights is not None and entry.weights.name == title and stores:
            docs, klass = self.first_alone(entry, whole, sources, is_layer)
            assert isinstance(docs[0], Chain)
            self.docs[title] = (whole, klass)
            target = self.lend(entry, title, whole, docs[0])
            docs = [Generator(_through(docs[0], target), f"for _ in range({text_of(count)})")]
        elif stores and (entry.weights is not None or title in self.lenders):
            raise UnsaidError(f"weights of the repetitions of '{title}'")
        else:
            docs, klass = self.repetitions(entry, uses, found, sources, widths, count, counts, is_layer)
        final = self.verified(numbers, self.after(uses, sources, is_layer, count, widths))
        read = self.network.items_read(self.scopes, title)
        loop = Loop(self.network, title, [*found.values()], klass, sources, read, final, self.verified)
        targets = [*dict.fromkeys(loop.carried.values()), *loop.lists.values()]
        reads = [*sources, *(loop.carried.values() if isinstance(docs[0], Generator) else ())]
        self.forward.statements.append(
            Statement(
                targets, reads, lambda names: "", lambda names: self.loop_lines(loop, docs, names), True
            )
        )
        self.items[title] = loop.item
        self.put(title, loop.main)

    def loop_lines(self, loop: Loop, docs: list[Doc], names: Names) -> list[str]:
        """Return what applies each of some texts, or a loop over it."""
        pad = " " * PAD
        found = [f"{pad}{names(val)}: list[KerasTensor] = []" for val in loop.lists.values()]
        before = {k: names(source) for k, source in enumerate(loop.sources)}
        after = before | {k: names(val) for k, val in loop.carried.items()}
        current = before
        for doc in docs:
            results = loop.results(names)
            if isinstance(doc, Generator):
                found += [
                    f"{pad}{after[k]} = {current[k]}"
                    for k in loop.carried
                    if after[k] not in (current[k], "_")
                ]
                current = after
                found.append(f"{pad}{doc.loop}:")
            inside = 2 * PAD if isinstance(doc, Generator) else PAD
            inner = doc.item if isinstance(doc, Generator) else doc
            found += steps_lines(inner, ", ".join(results.values()), [*current.values()], inside)
            found += [f"{' ' * inside}{names(val)}.append({results[tap]})" for tap, val in loop.lists.items()]
            current = after
        return found

    # -- what some calls have ------------------------------------------------------------------------

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        entry, _ = choices[0]
        sources = self.sources(entry)
        everyone = [Use(i, _standing(scope)) for i, scope in enumerate(self.scopes)]
        numbers = list(sources[0].numbers)
        parts: list[tuple[list[Doc], str]] = []
        widths: list[Tree] = []
        for each, present in choices:
            if each.when is None or each.weights is not None or title in self.lenders:
                raise SplitError(title)
            if [s.name for s in each.inputs or ()] != [s.name for s in entry.inputs or ()]:
                raise SplitError(title)
            numbers = [present[i].output if i in present else number for i, number in enumerate(numbers)]
            condition = self.args.condition(
                [i in present for i in range(len(self.scopes))], everyone, each.when.value
            )
            docs, more = self.chosen(each, title, present, sources)
            widths += more
            parts.append((docs, text_of(condition)))
        covered = sum(len(present) for _, present in choices) == len(self.scopes) and len(parts) > 1
        val = Val(title, numbers, self.verified(numbers, [*widths, *sources[0].widths]))
        self.forward.statements.append(
            Statement(
                [val],
                sources,
                lambda names: "",
                lambda names: chosen_lines(parts, covered, val, sources, names),
                chained=True,
            )
        )
        self.put(title, val)

    def chosen(
        self, entry: Entry, title: str, present: dict[int, Member], sources: list[Val]
    ) -> tuple[list[Doc], list[Tree]]:
        """Return the texts of what some calls have, and what its channels may be said by."""
        whole = [Use(i, member.items[0]) for i, member in present.items()]
        is_layer = isinstance(whole[0].item.made, LayerNode)
        self.network.check_plain(whole, self.scopes, title)
        if entry.repeat is not None:
            uses = [Use(i, item, counted=True) for i, member in present.items() for item in member.items]
            counts = [len(member.items) for member in present.values()]
            count = self.args.choose(counts, whole, self.args.written(entry.repeat.value), "repeat")
            inner = self.repeated_widths(uses, sources, is_layer)
            docs, _ = self.repetitions(entry, uses, present, sources, inner, count, counts, is_layer)
            return docs, self.after(uses, sources, is_layer, count, inner)
        if is_layer:
            said, trees, doc, _ = self.layer(entry, whole, sources)
            return [doc], self.widths_of(said, trees, sources)
        klass, doc = self.block_call(whole, sources)
        if klass.taps:
            raise SplitError(title)
        return [doc], self.widths_of_call(klass, whole, sources, None)


def chosen_lines(
    parts: list[tuple[list[Doc], str]], covered: bool, val: Val, sources: list[Val], names: Names
) -> list[str]:
    """Return the branches of a condition; without any of them a value stays what it was."""
    target, given = names(val), [names(source) for source in sources]
    found: list[str] = []
    pad = " " * PAD
    if target != given[0] and not covered:
        found.append(f"{pad}{target} = {given[0]}")
    for place, (docs, test) in enumerate(parts):
        last = covered and place == len(parts) - 1
        found.append(f"{pad}else:" if last else f"{pad}{'elif' if place else 'if'} {test}:")
        current = given
        for doc in docs:
            if isinstance(doc, Generator):
                if current[0] != target:
                    found.append(f"{pad}{pad}{target} = {current[0]}")
                found.append(f"{pad}{pad}{doc.loop}:")
                found += steps_lines(doc.item, target, [target, *given[1:]], 3 * PAD)
            else:
                found += steps_lines(doc, target, current, 2 * PAD)
            current = [target, *given[1:]]
    return found


def steps_lines(doc: Doc, target: str, names: list[str], indent: int) -> list[str]:
    """Return the steps of a chain, each as an assignment."""
    assert isinstance(doc, Chain)
    found: list[str] = []
    for step in doc.steps[:-1]:
        found += lines(f"{target} = ", step(names), "", indent)
        names = [target]
    return [*found, *lines(f"{target} = ", doc.steps[-1](names), "", indent)]


def _applied(made: Call, said: KerasSaid | Said) -> Step:
    """Return the step that applies a layer to what it reads."""
    listed = isinstance(said, KerasSaid) and said.listed

    def step(names: list[str]) -> Doc:
        # A second input that lends its size is not read by a layer that has it as a number.
        return Applied(made, f"[{', '.join(names)}]" if listed else names[0])

    return step


def _through(chain: Chain, target: str) -> Chain:
    """Return the same steps, the main one by a variable that holds what it is made by."""
    steps = list(chain.steps)
    steps[chain.main] = lambda names: Call(target, [*names] if len(names) == 1 else [f"[{', '.join(names)}]"])
    return replace(chain, steps=steps)


def _around(said: KerasSaid) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(each.head for each in said.before), tuple(each.head for each in said.after)


def _standing(scope: Scope) -> Any:
    """Return something that has no index, to stand for a call as a whole."""
    return Item((), (), scope.params, None, scope, scope.output, {}, 0, 0)
