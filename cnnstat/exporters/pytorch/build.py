"""One class of the source: what its constructor makes, and how it puts a batch through."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.classes import Arguments, SplitError, Use, same
from cnnstat.exporters.pytorch.expressions import (
    NoValueError,
    Tree,
    binary,
    constant,
    name,
    names_in,
    number,
    renamed,
    sum_of,
    text_of,
    value_of,
)
from cnnstat.exporters.pytorch.forward import Forward, Statement, Val
from cnnstat.exporters.pytorch.layout import Call, Choice, Doc, Generator, Joined, Operation, flat, lines
from cnnstat.exporters.pytorch.names import MODULE_NAMES, clashes, is_plain, variable
from cnnstat.exporters.pytorch.said import NO_DEFAULT, Said, UnsaidError
from cnnstat.exporters.pytorch.scopes import Item, Scope
from cnnstat.graph.nodes import LayerNode
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.pytorch.classes import Param
    from cnnstat.exporters.pytorch.network import Network
    from cnnstat.exporters.pytorch.said import Arg
    from cnnstat.exporters.pytorch.scopes import Member
    from cnnstat.spec.model import Entry

IN = "in"


class Class:
    """One class, made of all calls of a block that it can say; or of the network itself."""

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        self.network, self.title, self.scopes = network, title, scopes
        self.block = scopes[0].block
        own = network.blocks[self.block].params if self.block else {}
        self.args = Arguments(scopes, own, network.kept, network.folded, network.shapes)
        self.args.closed = any(network.inside(scope, self.block) for scope in scopes)
        self.args.used += [each for each in used if each in self.args.params]
        self.taps: list[str] = list(dict.fromkeys(tap for scope in scopes for tap in network.taps[id(scope)]))
        self.helpers: set[str] = set()
        self.made: list[str] = []
        self.stored: dict[str, str] = {}
        self.flags: dict[str, str] = {}
        self.attributes: set[str] = {each for scope in scopes for each in scope.names.values()}
        inputs = [
            Val(each, [scope.inputs[k] for scope in scopes], [w for w in (self.args.channels(k),) if w])
            for k, each in enumerate(scopes[0].input_names)
        ]
        self.forward = Forward(inputs, network.shapes)
        self.env: dict[str, Val] = dict(zip(scopes[0].input_names, inputs, strict=True))
        self.items: dict[str, Callable[[str], list[Val]]] = {}
        self.containers: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.lends: dict[str, str] = {}
        self.docs: dict[str, tuple[list[Use], Any]] = {}
        self.above = inputs[0]
        self.outputs: list[Val] = []

    def build(self) -> None:
        """Go through the entries.

        Raises:
            SplitError: no one class says all these calls.
            UnsaidError: PyTorch has no such layer.
        """
        entries = self.scopes[0].entries
        members = [{m.position: m for m in scope.members} for scope in self.scopes]
        skip: set[int] = set()
        for position, entry in enumerate(entries):
            if position in skip:
                continue
            found = {i: each[position] for i, each in enumerate(members) if position in each}
            if len(found) == len(self.scopes):
                title = found[0].name
                if any(m.name != title for m in found.values()):
                    title = _parameter_of(entry) or title
                self.always(entry, title, found)
                continue
            title = self.scopes[0].names[position]
            if not found:
                if title not in self.env:
                    self.env[title] = self.above = self.sources(entry)[0]
                continue
            others = {}
            for later in range(position + 1, len(entries)):
                if entries[later].name is None or entries[later].name != entry.name:
                    break
                skip.add(later)
                more = {i: each[later] for i, each in enumerate(members) if later in each}
                if more:
                    others[later] = more
            if title in self.env or any(
                later not in skip and entries[later].name == entry.name and entry.name
                for later in range(position + 1, len(entries))
            ):
                raise SplitError(title)
            self.sometimes(title, [(entry, found), *((entries[p], more) for p, more in others.items())])
        self.finish()

    # -- what entries read ---------------------------------------------------------------------------

    def sources(self, entry: Entry) -> list[Val]:
        """Return what an entry reads."""
        if entry.inputs is None:
            return [self.above]
        return [val for reference in entry.inputs for val in self.found(reference.name)]

    def found(self, reference: str) -> list[Val]:
        """Return what a name or a path stands for."""
        if reference in self.env:
            return [self.env[reference]]
        first, _, rest = reference.partition(".")
        if first not in self.items:
            raise SplitError(reference)
        return self.items[first](rest)

    # -- members -------------------------------------------------------------------------------------

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
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            if said is not None and said.head == "{0}":
                self.put(title, sources[0])
                return
            if said is not None and not said.module:
                self.expression(val, said, trees, sources)
            else:
                stores = said is not None and said.stores
                if stores and entry.weights is not None:
                    target = self.lends[title] = self.lent(entry, said)
                else:
                    self.assign(title, doc, stores)
                    self.freeze(entry, title, uses, stores)
                    target = self.attribute(title, stores)
                self.docs[title] = (uses, said)
                self.call(val, [], target, sources)
            self.put(title, val)
            return
        klass, doc = self.block_call(uses, sources)
        stores = klass.stores
        if entry.weights is not None and stores:
            target = self.lends[title] = self.lent(entry, None, uses)
        else:
            self.assign(title, doc, stores)
            self.freeze(entry, title, uses, stores)
            target = self.attribute(title, stores)
        val = Val(title, numbers, self.verified(numbers, self.widths_of_call(klass, uses, sources, None)))
        taps = {}
        for tap in klass.taps:
            inner = [self.network.tapped(use.item.made, tap) for use in uses]
            widths = self.verified(inner, self.widths_of_call(klass, uses, sources, tap))
            taps[tap] = Val(f"{title}_{tap}", inner, widths)
        self.docs[title] = (uses, klass)
        self.call(val, list(taps.values()), target, sources)
        self.items[title] = lambda rest: [{"": val, **taps}[self.canonical(klass, rest)]]
        self.put(title, val)

    def canonical(self, klass: Class, tap: str) -> str:
        """Return the name of what a class puts out beside its main output; empty for that one."""
        return self.network.canonical(klass.scopes[0], tap)

    def put(self, title: str, val: Val) -> None:
        """Let a name stand for a value, which is now the one above.

        Channels that take a long expression become a variable of the constructor.
        """
        if val.widths and not self.block and _length(val.widths[0]) > 1:
            self.made.append(f"        ={title}")
            tree = val.widths[0]
            local = self.args.local(f"{title}_channels", tree)
            self.made[-1] = f"={text_of(local)}={text_of(tree)}"
            val.widths = [local]
        self.env[title] = self.above = val

    def call(self, val: Val, more: list[Val], target: str, sources: list[Val]) -> None:
        """Add the call of a module."""
        self.forward.add([val, *more], sources, lambda names: Call(target, [names(each) for each in sources]))

    def expression(self, val: Val, said: Said, trees: dict[str, Tree], sources: list[Val]) -> None:
        """Add an expression."""
        self.helpers |= set(said.helpers)
        self.forward.add([val], sources, lambda names: self.formula(said, trees, [names(s) for s in sources]))

    def formula(self, said: Said, trees: dict[str, Tree], names: list[str]) -> Doc:
        """Return an expression of inputs with these names."""
        if said.head in ("{+}", "{*}", "{max}"):
            if said.head == "{max}" or any(each[0] == "*" for each in names):
                word = {"{+}": "sum", "{*}": "prod", "{max}": "amax"}[said.head]
                if word == "amax" and len(names) == 2:
                    return Call("torch.maximum", list(names))
                return Joined("", Call("torch.stack", [Call("", list(names), "[", "]")]), f".{word}(0)")
            return Operation(said.head[1], names)
        words = {key: text_of(self.on_self(tree), "self.") for key, tree in trees.items()}
        words = {
            key: f"({text})" if " " in text and not text.startswith("(") and "@" in said.head else text
            for key, text in words.items()
        }
        if "[{all}]" in said.head:
            head, _, tail = said.head.partition("[{all}]")
            del head
            listed = Call("", list(names), "[", "]")
            return Call("torch.cat", [listed, tail.strip(", )")])
        return said.head.format(*names, **words)

    def on_self(self, tree: Tree) -> Tree:
        """Return an expression of what the module keeps of its arguments."""
        for each in names_in(tree):
            if each not in self.stored:
                attribute = each if each not in self.attributes | MODULE_NAMES else f"{each}_"
                self.stored[each] = attribute
        return renamed(tree, {each: name(attribute) for each, attribute in self.stored.items()})

    # -- layers --------------------------------------------------------------------------------------

    def layer(
        self, entry: Entry, uses: list[Use], sources: list[Val], *, fresh: bool = True
    ) -> tuple[Said | None, dict[str, Tree], Doc, bool]:
        """Return how a layer is said in all these places: what it is, its arguments, and its text."""
        saids = [self.network.said(use.item.made) for use in uses]
        if any(said.head != saids[0].head for said in saids):
            return None, {}, Call(self.chosen_type(entry, uses, saids), []), True
        said = saids[0]
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
            if (
                arg.default is not NO_DEFAULT
                and isinstance(tree, ast.Constant)
                and same(tree.value, arg.default)
            ):
                continue
            text = _nested(tree)
            words.append(text if arg.key is None else Joined(f"{arg.key}=", text))
        self.helpers |= set(said.helpers)
        return said, trees, Call(said.head, words), said.module

    def chosen_type(self, entry: Entry, uses: list[Use], saids: list[Said]) -> str:
        """Return the argument that is the class of what is made."""
        spec = _parameter_of(entry)
        tree = self.args.known.get(spec) if spec else None
        plain = all(said.module and not said.stores and not _visible(said) for said in saids)
        if not isinstance(tree, ast.Name) or not plain:
            raise SplitError("type")
        param = self.args.params[tree.id]
        self.args.use(tree)
        param.module = True
        for said, use in zip(saids, uses, strict=True):
            self.network.heads[str(param.values[use.instance])] = said.head
        return tree.id

    def candidates(self, arg: Arg, uses: list[Use], sources: list[Val]) -> list[Tree]:
        """Return what an argument may be said by."""
        widths = sources[0].widths if sources else []
        if arg.hint == IN:
            return widths
        if arg.hint in ("map", "shape") and isinstance(arg.value, tuple) and arg.key is None:
            rest = [constant(size) for size in arg.value[1:]]
            return [ast.Tuple([width, *rest]) for width in widths]
        factor = None
        option = arg.hint
        if option.startswith("in*"):
            option, factor = option[3:], True
        option, _, place = option.partition("[")
        found: list[Tree] = []
        for operand in self.operands(option, uses):
            if place:
                items = operand.items if isinstance(operand, Expressions) else operand
                chosen = items[int(place[:-1])]
            else:
                chosen = operand
            for known in [{IN: width} for width in widths] or [{}]:
                found += self.args.written(chosen, known)
        if factor:
            times = found or [constant(1)]
            return [binary(width, ast.Mult(), each) for width in widths for each in times]
        return found

    def operands(self, option: str, uses: list[Use]) -> list[Any]:
        """Return all that is written for an option in these places."""
        found = {id(o): o.value for use in uses for o in use.item.options if o.name == option}
        return list(found.values())

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

    def verified(self, numbers: list[int], candidates: list[Tree]) -> list[Tree]:
        """Return those candidates that are the channels of these nodes, one for each call of the class."""
        wanted = [self.network.shapes[number][0] for number in numbers]
        rows = [
            {each.name: each.values[i] for each in self.args.params.values()} for i in range(len(self.scopes))
        ]
        found: dict[str, Tree] = {}
        for tree in candidates:
            try:
                if all(same(value_of(tree, row), value) for row, value in zip(rows, wanted, strict=True)):
                    found.setdefault(text_of(tree), tree)
            except NoValueError:
                continue
        return list(found.values())[:3]

    # -- blocks --------------------------------------------------------------------------------------

    def block_call(self, uses: list[Use], sources: list[Val], *, fresh: bool = True) -> tuple[Class, Doc]:
        """Return the class of a call in all these places, and the text that makes it."""
        classes = [self.network.class_of(use.item.made) for use in uses]
        if any(each is not classes[0] for each in classes):
            raise SplitError("type")
        klass = classes[0]
        words: list[Doc] = []
        for param in klass.args.ordered():
            values = [self.network.argument(klass, param, use.item.made) for use in uses]
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

    def bound(self, klass: Class, param: Param, uses: list[Use], sources: list[Val]) -> list[Tree]:
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
        self, klass: Class, uses: list[Use], sources: list[Val], tap: str | None
    ) -> list[Tree]:
        """Return what the channels of a class's output are, in the words of who calls it."""
        bindings: dict[str, Tree] = {}
        for param in klass.args.params.values():
            values = [self.network.argument(klass, param, use.item.made) for use in uses]
            tree = self.args.pick(values, uses, self.bound(klass, param, uses, sources))
            if tree is None and all(same(value, values[0]) for value in values):
                tree = constant(values[0])
            if tree is not None:
                bindings[param.name] = tree
        found = []
        for width in klass.widths(tap):
            try:
                found.append(renamed(width, bindings))
            except NoValueError:
                continue
        return found

    def widths(self, tap: str | None) -> list[Tree]:
        """Return what the channels of an output are, as an expression of the arguments."""
        if not self.outputs:
            return []
        return self.outputs[0 if tap is None else 1 + self.taps.index(tap)].widths

    @property
    def stores(self) -> bool:
        """Say whether it stores numbers."""
        return any(self.network.stores(scope) for scope in self.scopes)

    # -- repeats -------------------------------------------------------------------------------------

    def repeated(
        self, entry: Entry, title: str, found: dict[int, Member], sources: list[Val], numbers: list[int]
    ) -> None:
        """Add the repetitions of a layer or a block."""
        uses = [Use(i, item, counted=True) for i, member in found.items() for item in member.items]
        is_layer = isinstance(uses[0].item.made, LayerNode)
        if is_layer and not self.network.said(uses[0].item.made).module:
            self.unrolled(entry, title, found, sources)
            return
        tied = entry.weights is not None and entry.weights.name == title
        counts = [len(member.items) for member in found.values()]
        operand = entry.repeat.value if entry.repeat else None
        whole = [Use(i, member.items[0]) for i, member in found.items()]
        count = self.args.choose(counts, whole, self.args.written(operand), "repeat")
        widths = self.repeated_widths(uses, sources, is_layer)
        klass: Class | None = None
        if tied:
            docs, klass = self.first_alone(entry, whole, sources, is_layer)
        else:
            docs, klass = self.repetitions(entry, uses, found, sources, widths, count, counts, is_layer)
        stores = any(self.network.stores(use.item.made) for use in uses)
        plain = (
            not tied
            and (klass is None or (not klass.taps and len(klass.scopes[0].input_names) == 1))
            and not self.network.items_read(self.scopes, title)
        )
        container = self.containers[title] = "nn.Sequential" if plain else "nn.ModuleList"
        if plain:
            doc = Call(container, docs)
        elif len(docs) == 1 and isinstance(docs[0], Generator):
            doc = Call(container, [Generator(docs[0].item, docs[0].loop, star=False)])
        else:
            doc = Call(container, [Call("", docs, "[", "]")])
        single = f"{self.attribute(title, stores)}[0]" if tied else ""
        if stores and entry.weights is not None and not tied:
            target = self.lends[title] = self.lent(entry, None, uses)
            lender = self.containers.get(entry.weights.name, container)
            self.containers[title] = lender
            lenders = self.network.repetitions_of(self.scopes[0], entry.weights.name)
            if lenders == 0:
                single, plain = target, False
            elif lender == "nn.ModuleList":
                plain = False
            elif any(lenders != each for each in counts):
                target = f"{target}[:{text_of(count)}]"
        else:
            self.assign(title, doc, stores)
            self.freeze(entry, title, uses, stores, found)
            target = self.attribute(title, stores)
        final = self.verified(numbers, self.after(uses, sources, is_layer, count, widths))
        self.docs[title] = (uses, klass)
        if plain:
            val = Val(title, numbers, final)
            self.call(val, [], target, sources)
            self.put(title, val)
            return
        self.loop(title, found, klass, target, sources, final, count, single)

    def first_alone(
        self, entry: Entry, whole: list[Use], sources: list[Val], is_layer: bool
    ) -> tuple[list[Doc], Class | None]:
        """Return the only one that is made where all repetitions are the same one."""
        if is_layer:
            return [self.layer(entry, whole, sources)[2]], None
        klass, doc = self.block_call(whole, sources)
        return [doc], klass

    def one(
        self, entry: Entry, uses: list[Use], sources: list[Val], is_layer: bool, *, fresh: bool
    ) -> tuple[Doc, Class | None]:
        """Return what makes all these with one text."""
        if is_layer:
            return self.layer(entry, uses, sources, fresh=fresh)[2], None
        klass, doc = self.block_call(uses, sources, fresh=fresh)
        return doc, klass

    def repetitions(
        self,
        entry: Entry,
        uses: list[Use],
        found: dict[int, Member],
        sources: list[Val],
        widths: list[Tree],
        count: Tree,
        counts: list[int],
        is_layer: bool,
    ) -> tuple[list[Doc], Class | None]:
        """Return the texts of repetitions: one for all, one for the first and one for the rest, or each."""
        inside = [Val("", [], widths + sources[0].widths), *sources[1:]]
        total = number(count)
        try:
            doc, klass = self.one(entry, uses, inside, is_layer, fresh=False)
            if total == 1:
                first, klass = self.one(entry, _alone(uses), sources, is_layer, fresh=False)
                return [first], klass
            return [self.generated(doc, count, 0)], klass
        except SplitError:
            pass
        heads = _alone([use for use in uses if use.item.index == 0])
        tails = [use for use in uses if use.item.index]
        head, klass = self.one(entry, heads, sources, is_layer, fresh=True)
        if not tails:
            return [head], klass
        try:
            tail, klass = self.one(entry, tails, inside, is_layer, fresh=False)
            if total == 2:
                tail, klass = self.one(entry, _alone(tails), inside, is_layer, fresh=False)
                return [head, tail], klass
            return [head, self.generated(tail, count, 1)], klass
        except SplitError:
            if len(set(counts)) > 1:
                raise
        docs: list[Doc] = []
        for index in range(counts[0]):
            each = _alone([use for use in uses if use.item.index == index])
            doc, klass = self.one(
                entry, each, [Val("", [], []), *sources[1:]] if index else sources, is_layer, fresh=True
            )
            docs.append(doc)
        return docs, klass

    def generated(self, doc: Doc, count: Tree, start: int) -> Doc:
        """Return a text repeated."""
        if "i" in _words(doc):
            begin = f"{start}, " if start else ""
            return Generator(doc, f"for i in range({begin}{text_of(count)})")
        left = binary(count, ast.Sub(), constant(start))
        return Generator(doc, f"for _ in range({text_of(left)})")

    def repeated_widths(self, uses: list[Use], sources: list[Val], is_layer: bool) -> list[Tree]:
        """Return what reaches a repetition behind the first."""
        tails = [use for use in uses if use.item.index] or uses
        if is_layer:
            said = self.network.said(tails[0].item.made)
            if not isinstance(said.width, int):
                return sources[0].widths
            arg = said.args[said.width]
            inside = self.candidates(arg, tails, [Val("", [], [])])
        else:
            klass = self.network.class_of(tails[0].item.made)
            marker = Val("", [], [name("_in")])
            more = [marker, *sources[1:]]
            inside = self.widths_of_marked(klass, tails, more)
        found = []
        for tree in inside:
            if "_in" not in names_in(tree):
                found.append(tree)
                continue
            for width in sources[0].widths:
                step = _step(tree)
                if step is not None:
                    found.append(binary(width, ast.Add(), binary(name("i"), ast.Mult(), step)))
        return found

    def widths_of_marked(self, klass: Class, uses: list[Use], sources: list[Val]) -> list[Tree]:
        """Return the channels of a class's output where those that reach it are called ``_in``."""
        first = next(iter(klass.args.params))
        bindings: dict[str, Tree] = {first: name("_in")}
        for param in list(klass.args.params.values())[1:]:
            values = [self.network.argument(klass, param, use.item.made) for use in uses]
            tree = self.args.pick(values, uses, self.bound(klass, param, uses, sources))
            if tree is None and all(same(value, values[0]) for value in values):
                tree = constant(values[0])
            if tree is not None:
                bindings[param.name] = tree
        found = []
        for width in klass.widths(None):
            try:
                found.append(renamed(width, bindings))
            except NoValueError:
                continue
        return found

    def after(
        self, uses: list[Use], sources: list[Val], is_layer: bool, count: Tree, widths: list[Tree]
    ) -> list[Tree]:
        """Return what the channels behind all repetitions may be."""
        found = [renamed(w, {**{n: name(n) for n in names_in(w)}, "i": count}) for w in widths]
        return [*found, *sources[0].widths]

    def unrolled(self, entry: Entry, title: str, found: dict[int, Member], sources: list[Val]) -> None:
        """Add the repetitions of an expression, one after the other."""
        counts = {len(member.items) for member in found.values()}
        if len(counts) > 1:
            raise SplitError(title)
        vals = []
        for index in range(counts.pop()):
            uses = [Use(i, member.items[index]) for i, member in found.items()]
            said, trees, _, _ = self.layer(entry, uses, sources)
            assert said is not None
            numbers = [use.item.output for use in uses]
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            self.expression(val, said, trees, sources)
            vals.append(val)
            sources = [val, *sources[1:]]
        self.items[title] = lambda rest: vals if rest == "*" else [vals[int(rest)]]
        self.put(title, vals[-1])

    def loop(
        self,
        title: str,
        found: dict[int, Member],
        klass: Class | None,
        target: str,
        sources: list[Val],
        widths: list[Tree],
        count: Tree,
        single: str,
    ) -> None:
        """Add a loop over the repetitions, with lists of what is read of each of them.

        ``single`` is the module that all repetitions are, empty where each is one of its own.
        """
        numbers = [member.output for member in found.values()]
        taps = klass.taps if klass else []
        read = self.network.items_read(self.scopes, title)
        names_in_block = klass.scopes[0].input_names if klass else ("input",)
        main = Val(title, numbers, widths)
        carried = {0: main}
        tap_vals: dict[str, Val] = {}
        outputs = self.network.carried_outputs(klass.scopes[0]) if klass else {}
        for k, each in enumerate(names_in_block):
            if k and each in outputs:
                tap = outputs[each]
                if tap == "":
                    carried[k] = main
                    continue
                inner = [self.network.tapped(m.items[-1].made, tap) for m in found.values()]
                tap_vals[tap] = carried[k] = Val(
                    f"{title}_{tap}", inner, self.verified(inner, sources[k].widths)
                )
        if 0 in carried and names_in_block[0] in outputs and outputs[names_in_block[0]]:
            raise SplitError(title)
        lists: dict[str, Val] = {each: Val(f"{title}_{each or 'all'}s", []) for each in sorted(read)}
        targets = [*dict.fromkeys(carried.values()), *lists.values()]
        temporary = {tap: f"{variable(tap, set())}_{k}" for k, tap in enumerate(taps) if tap not in tap_vals}

        def text(names: Callable[[Val], str]) -> list[str]:
            body: list[str] = []
            for k, val in carried.items():
                if (a := names(val)) != (b := names(sources[k])) and a != "_":
                    body.append(f"        {a} = {b}")
            for val in lists.values():
                body.append(f"        {names(val)}: list[Tensor] = []")
            variable_ = "module"
            if single:
                text_count = text_of(self.on_self(count), "self.")
                body.append(f"        for _ in range({text_count}):")
                variable_ = single
            else:
                body.append(f"        for module in {target}:")
            arguments = ", ".join(names(carried.get(k, source)) for k, source in enumerate(sources))
            results = [names(main)]
            for tap in taps:
                results.append(
                    names(tap_vals[tap]) if tap in tap_vals else temporary[tap] if tap in lists else "_"
                )
            body.append(f"            {', '.join(results)} = {variable_}({arguments})")
            for tap, val in lists.items():
                each = names(main) if tap == "" else results[1 + taps.index(tap)]
                body.append(f"            {names(val)}.append({each})")
            return body

        reads = [*sources, *(val for val in carried.values())]
        self.forward.statements.append(Statement(targets, reads, lambda names: "", text))

        def item(rest: str) -> list[Val]:
            first, _, tap = rest.partition(".")
            if first != "*" and not first.isdigit():
                tap, first = rest, ""
            tap = self.network.canonical(klass.scopes[0], tap) if klass and tap else ""
            if not first:
                if tap in tap_vals or not tap:
                    return [tap_vals[tap] if tap else main]
                first = "-1"
            members = list(found.values())
            place = -1 if first == "*" else int(first)
            inner = [
                self.network.tapped(m.items[place].made, tap) if tap else m.items[place].output
                for m in members
            ]
            list_ = lists[tap]
            if first == "*":
                return [Val(list_.name, inner, [], "*", list_)]
            return [Val(list_.name, inner, self.verified(inner, widths), f"[{first}]", list_)]

        self.items[title] = item
        self.put(title, main)

    # -- conditions ----------------------------------------------------------------------------------

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        entry, _ = choices[0]
        sources = self.sources(entry)
        everyone = [Use(i, _standing(scope)) for i, scope in enumerate(self.scopes)]
        if any(e.weights is not None for e, _ in choices) or len(sources) < 1:
            raise SplitError(title)
        numbers = list(sources[0].numbers)
        for _, present in choices:
            for i, member in present.items():
                numbers[i] = member.output
        covered = sum(len(present) for _, present in choices) == len(self.scopes)
        parts: list[tuple[Doc, str]] = []
        widths: list[Tree] = []
        stores = False
        for each, present in choices:
            if each.when is None or [s.name for s in each.inputs or ()] != [
                s.name for s in entry.inputs or ()
            ]:
                raise SplitError(title)
            condition = self.args.condition(
                [i in present for i in range(len(self.scopes))], everyone, each.when.value
            )
            uses = [Use(i, member.items[0]) for i, member in present.items()]
            if each.repeat is not None:
                uses = [Use(i, item, counted=True) for i, member in present.items() for item in member.items]
            self.network.check_plain(uses, self.scopes, title)
            if isinstance(uses[0].item.made, LayerNode):
                said, trees, doc, module = self.layer(each, uses, sources)
                if not module and said is not None:
                    if len(choices) > 1 or each.repeat is not None:
                        raise SplitError(title)
                    self.sometimes_expression(title, said, trees, sources, condition, numbers)
                    return
                widths += self.widths_of(said, trees, sources)
            elif each.repeat is None:
                klass, doc = self.block_call(uses, sources)
                if klass.taps:
                    raise SplitError(title)
                widths += self.widths_of_call(klass, uses, sources, None)
            if each.repeat is not None:
                whole = [Use(i, member.items[0]) for i, member in present.items()]
                counts = [len(member.items) for member in present.values()]
                count = self.args.choose(counts, whole, self.args.written(each.repeat.value), "repeat")
                is_layer = isinstance(uses[0].item.made, LayerNode)
                inner = self.repeated_widths(uses, sources, is_layer)
                docs, _ = self.repetitions(each, uses, present, sources, inner, count, counts, is_layer)
                doc = Call("nn.Sequential", docs)
                widths += self.after(uses, sources, is_layer, count, inner)
            stores = stores or any(self.network.stores(use.item.made) for use in uses)
            if each.frozen is not None:
                raise SplitError(title)
            parts.append((doc, text_of(condition)))
        val = Val(title, numbers, self.verified(numbers, [*widths, *sources[0].widths]))
        if len(sources) == 1:
            end: Doc = parts.pop()[0] if covered and len(parts) > 1 else Call("nn.Identity", [])
            for doc, test in reversed(parts):
                end = Choice(doc, test, end)
            self.assign(title, end, stores)
            self.call(val, [], self.attribute(title, stores), sources)
        else:
            if len(parts) > 1:
                raise SplitError(title)
            flag = self.flag(title, condition)
            self.made.append(f"        if {parts[0][1]}:")
            self.assign(title, parts[0][0], stores, indent=12)
            target = self.attribute(title, stores)
            self.forward.add(
                [val],
                sources,
                lambda names: Choice(Call(target, [names(s) for s in sources]), flag, names(sources[0])),
            )
        self.put(title, val)

    def sometimes_expression(
        self,
        title: str,
        said: Said,
        trees: dict[str, Tree],
        sources: list[Val],
        condition: Tree,
        numbers: list[int],
    ) -> None:
        """Add an expression that some calls have."""
        widths = [*self.widths_of(said, trees, sources), *sources[0].widths]
        val = Val(title, numbers, self.verified(numbers, widths))
        flag = self.flag(title, condition)
        self.forward.add(
            [val],
            sources,
            lambda names: Choice(
                self.formula(said, trees, [names(s) for s in sources]), flag, names(sources[0])
            ),
        )
        self.put(title, val)

    def flag(self, title: str, condition: Tree) -> str:
        """Return what says in `forward` whether something is there."""
        if isinstance(condition, ast.Name):
            return text_of(self.on_self(condition), "self.")
        key = text_of(condition)
        if key not in self.flags:
            base = f"has_{variable(title, self.attributes)}"
            self.flags[key] = base
        return f"self.{self.flags[key]}"

    def made_lines(self) -> list[str]:
        """Return the lines that make the modules; variables that nothing reads are left out."""
        found: list[str] = []
        read = " ".join(line for line in self.made if line[0] != "=")
        for line in reversed(self.made):
            if line[0] != "=":
                found.append(line)
                continue
            _, variable_, text = line.split("=")
            if re.search(rf"\b{variable_}\b", read):
                found.append(f"        {variable_} = {text}")
                read += f" {text}"
        return found[::-1]

    # -- the constructor -----------------------------------------------------------------------------

    def assign(self, title: str, doc: Doc, stores: bool, indent: int = 8) -> None:
        """Add what makes a module, under the name that its numbers have."""
        if is_plain(title) or not stores:
            self.made += lines(f"{self.attribute(title, stores)} = ", doc, "", indent)
        elif clashes(title):
            self.made += lines(f'self._modules["{title}"] = ', doc, "", indent)
        else:
            self.made += lines("", Call("self.add_module", [f'"{title}"', doc]), "", indent)

    def attribute(self, title: str, stores: bool) -> str:
        """Return how a module is read."""
        if is_plain(title):
            return f"self.{title}"
        if not stores:
            if title not in self.modules:
                self.modules[title] = variable(title, self.attributes | MODULE_NAMES)
            return f"self.{self.modules[title]}"
        if clashes(title):
            return f'dict(self.named_children())["{title}"]'
        return f'self.get_submodule("{title}")'

    def lent(self, entry: Entry, said: Said | None, uses: list[Use] | None = None) -> str:
        """Return the module whose numbers an entry uses.

        Raises:
            UnsaidError: that one would do something else.
        """
        assert entry.weights is not None
        first, *rest = entry.weights.name.split(".")
        if first not in self.docs:
            raise UnsaidError(f"weights of '{entry.weights.name}'")
        own, kind = self.docs[first]
        if said is not None and not rest and kind != said:
            raise UnsaidError(f"weights of '{entry.weights.name}' in a layer with other options")
        if uses is not None and not rest:
            for a, b in zip(own, uses, strict=False):
                if not self.network.alike(a.item.made, b.item.made):
                    raise UnsaidError(f"weights of '{entry.weights.name}' in a block with other options")
        elif rest:
            self.network.check_path(self.scopes, first, rest, entry)
        klass = self
        text = self.lends.get(first) or self.attribute(first, stores=True)
        for before, part in zip((first, *rest), rest, strict=False):
            if not part.isdigit():
                klass = klass.docs[before][1] if not before.isdigit() else klass
            elif isinstance(klass.docs.get(before, ((), None))[1], Class):
                klass = klass.docs[before][1]
            if part.isdigit():
                text += f"[{part}]"
            else:
                text = (klass.lends.get(part) or klass.attribute(part, stores=True)).replace("self", text, 1)
        return text

    def freeze(
        self,
        entry: Entry,
        title: str,
        uses: list[Use],
        stores: bool,
        found: dict[int, Member] | None = None,
    ) -> None:
        """Add what takes parameters out of training."""
        if entry.frozen is None or not stores:
            return
        target = self.attribute(title, stores)
        truths = [bool(resolve(entry.frozen.value, _with_index(use))) for use in uses]
        if all(truths):
            self.made.append(f"        {target}.requires_grad_(False)")
            return
        if not any(truths):
            return
        if found is None:
            condition = self.args.condition(truths, uses, entry.frozen.value)
            self.made += [f"        if {text_of(condition)}:", f"            {target}.requires_grad_(False)"]
            return
        per = [
            {u.item.index for u, t in zip(uses, truths, strict=True) if t and u.instance == i} for i in found
        ]
        if any(each != per[0] for each in per):
            raise SplitError(title)
        for index in sorted(per[0], key=lambda i: i or 0):
            self.made.append(f"        {target}[{index}].requires_grad_(False)")

    def finish(self) -> None:
        """Settle what is put out."""
        if self.block is None:
            self.outputs = self.network.outputs(self)
            return
        declared = self.network.blocks[self.block].outputs
        main = self.above
        if declared:
            main = self.found(next(iter(declared.values())).name)[0]
        self.outputs = [main]
        for tap in self.taps:
            reference = declared[tap].name if tap in declared else tap
            self.outputs += self.found(reference)


def _standing(scope: Scope) -> Any:
    """Return something that has no index, to stand for a call as a whole."""
    return Item((), (), scope.params, None, scope, scope.output, {}, 0, 0)


def _with_index(use: Use) -> Any:
    return use.item.params


def _alone(uses: list[Use]) -> list[Use]:
    """Return places as those of what is written out, where no loop counts."""
    return [Use(use.instance, use.item) for use in uses]


def _hint(arg: Arg, key: str) -> str:
    option = arg.hint.removeprefix("in*").partition("[")[0]
    if arg.hint == IN:
        return "channels"
    if option in ("", "map"):
        return arg.key or "size"
    return option


def _parameter_of(entry: Entry) -> str | None:
    """Return the parameter that is the type of an entry."""
    value = entry.type.value
    if isinstance(value, Expression) and isinstance(value.tree, ast.Name):
        return value.tree.id.removeprefix("__")
    return None


def _visible(said: Said) -> bool:
    return any(arg.default is NO_DEFAULT or not same(arg.value, arg.default) for arg in said.args)


def _step(tree: Tree) -> Tree | None:
    """Return what is added to ``_in`` by one repetition; None where it is something else."""
    if isinstance(tree, ast.Name) and tree.id == "_in":
        return constant(0)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
            inner = _step(side)
            if inner is not None and "_in" not in names_in(other):
                return binary(inner, ast.Add(), other)
    return None


def _nested(tree: Tree) -> Doc:
    """Return an expression; a list of lists may be broken into lines."""
    if isinstance(tree, ast.Tuple | ast.Constant):
        items = tree.elts if isinstance(tree, ast.Tuple) else tree.value
        if isinstance(items, tuple | list) and len(items) > 1:
            inside = [each if isinstance(each, ast.expr) else constant(each) for each in items]
            return Call("", [_nested(each) for each in inside])
    return text_of(tree)


def _length(tree: Tree) -> int:
    """Return how many operations an expression has."""
    return sum(isinstance(node, ast.BinOp | ast.Call | ast.IfExp) for node in ast.walk(tree))


def _words(doc: Doc) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", flat(doc)))
