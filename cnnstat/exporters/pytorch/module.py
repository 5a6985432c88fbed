"""The written module in memory, and what each layer puts out when it goes over an input."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from typing import TYPE_CHECKING, Any

from cnnstat.base.module_names import attributes, names
from cnnstat.exporters.pytorch import helpers, text
from cnnstat.exporters.pytorch.network import TorchNetwork
from cnnstat.exporters.refusals import NoExportError
from cnnstat.exporters.source.said import NO_DEFAULT, Formula, Together, UnsaidError
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis.model import Analysis
    from cnnstat.exporters.source.said import Said
    from cnnstat.graph.nodes import LayerNode


class Written:
    """A network as the module that `source` writes, executed, with these tensors (`layer.tensor`).

    Raises:
        NoExportError: PyTorch has no such layer.
    """

    def __init__(self, torch: Any, analysis: Analysis, tensors: Mapping[str, Any], dtype: str) -> None:
        self.torch, self.graph = torch, analysis.graph
        try:
            self._network = TorchNetwork(analysis.graph, analysis)
            source = text.source(self._network)
        except (SplitError, UnsaidError) as error:
            raise NoExportError(f"PyTorch has no words for {error}") from None
        self._names: dict[str, Any] = {"__name__": "written", "torch": torch, "nn": torch.nn}
        exec(compile(source, "<written>", "exec", dont_inherit=True), self._names)
        self._dtype = getattr(torch, dtype)
        self.module = self._names[self._network.main.title]().to(self._dtype).eval()
        stored = {attributes(name): torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()}
        counts = {name for name in self.module.state_dict() if name.endswith(".num_batches_tracked")}
        missing, unexpected = self.module.load_state_dict(stored, strict=False)
        assert not unexpected, unexpected
        assert counts.issuperset(missing), missing

    def outputs(self, inputs: tuple[Any, ...]) -> tuple[dict[str, Any], tuple[Any, ...]]:
        """Go over inputs; return what every layer puts out, by its name, and what the module does.

        A layer that is a module of its own is watched. One that is an expression in a `forward` has no name
        there: the same expression is worked out of what the module put out before. So is a layer that shares
        weights, or is called under another name. The outputs of the network are those of the module.
        """
        watched: dict[str, list[Any]] = defaultdict(list)
        modules = {names(name): each for name, each in self.module.named_modules()}
        watching = {node.path for node in self.graph.layers} & modules.keys()

        def watch(name: str) -> Any:
            return lambda module, given, put_out: watched[name].append(put_out)

        hooks = [modules[name].register_forward_hook(watch(name)) for name in watching]
        try:
            found = self.module(*inputs)
        finally:
            for hook in hooks:
                hook.remove()
        known: dict[int, Any] = {node.number: x for node, x in zip(self.graph.inputs, inputs, strict=True)}
        for node in self.graph.layers:
            seen = watched.get(node.path, ())
            read = [known[number] for number in node.inputs]
            known[node.number] = seen[0] if len(seen) == 1 else self._layer(node, modules, read)
        ends = found if isinstance(found, tuple) else (found,)
        known.update(zip(self.graph.outputs, ends, strict=True))
        return {node.path: known[node.number] for node in self.graph.layers}, ends

    def _layer(self, node: LayerNode, modules: dict[str, Any], read: list[Any]) -> Any:
        """Return what a layer makes of what it reads, said as in the source."""
        said = self._network.said(node)
        owner = self.graph.nodes[node.owner].path
        if said.stores and owner in modules:
            return modules[owner](*read)
        for text_ in helpers.text_of({name for name in said.helpers if name not in self._names}):
            exec(text_, self._names)
        if said.made is None:
            return _expression(said, self._names, read)
        positional = [each.value for each in said.args if each.key is None]
        named = {
            each.key: each.value
            for each in said.args
            if each.key is not None and each.value is not NO_DEFAULT
        }
        return eval(said.made, self._names)(*positional, **named).to(self._dtype).eval()(*read)


def _expression(said: Said, names: dict[str, Any], read: list[Any]) -> Any:
    """Work out an expression of inputs."""
    torch = names["torch"]
    match said.word:
        case Together(how="joined", axis=axis):
            return torch.cat(read, dim=axis)
        case Together(how=how):
            return reduce({"sum": torch.add, "product": torch.mul, "largest": torch.maximum}[how], read)
        case Formula() as formula:
            inputs = {f"_{number}": each for number, each in enumerate(read)}
            given = {each.key: each.value for each in said.args if each.key is not None}
            text_ = formula.filled([*inputs], {key: f"_{key}" for key in given})
            return eval(text_, {**names, **inputs, **{f"_{key}": value for key, value in given.items()}})
    return read[0]
