"""The numbers of a module's tensors, and of what its program works out from these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.torch_export.library import torch_library

if TYPE_CHECKING:
    from cnnstat.importers.draft import TensorAt
    from cnnstat.importers.torch_export.program import Program


class Numbers:
    """The tensors of a module that has memory for them, by the names that its program has for them."""

    def __init__(self, module: Any, program: Program) -> None:
        exported = program.exported
        self._nodes = {node.name: node for node in exported.graph.nodes}
        self._tensors = {
            **exported.constants,
            **dict(module.named_parameters(remove_duplicate=False)),
            **dict(module.named_buffers(remove_duplicate=False)),
        }
        self._stored = {
            each.arg.name: each.target
            for each in exported.graph_signature.input_specs
            if each.target is not None
        }

    def array(self, at: TensorAt) -> Any:
        """Return a tensor, turned as is said, as NumPy numbers."""
        torch = torch_library()
        if at.array is not None and not at.key:
            return at.array
        with torch.no_grad():
            found = self._node(self._nodes[at.key[1:]]) if at.key.startswith("\0") else self._tensors[at.key]
            for how, numbers in at.turns:
                found = found.permute(numbers) if how == "permute" else found.reshape(numbers)
            return found.detach().cpu().float().numpy() if _short(found) else found.detach().cpu().numpy()

    def _node(self, node: Any) -> Any:
        """Work out a node that reads nothing but tensors of the module."""
        if node.op == "placeholder":
            return self._tensors[self._stored[node.name]]

        def number(given: Any) -> Any:
            if isinstance(given, list | tuple):
                return type(given)(map(number, given))
            return self._node(given) if isinstance(given, type(node)) else given

        kwargs = {name: number(each) for name, each in node.kwargs.items()}
        return node.target(*map(number, node.args), **kwargs)


def _short(tensor: Any) -> bool:
    """Say whether NumPy lacks the type of a tensor, or has fewer digits than we need."""
    return bool(tensor.dtype.is_floating_point) and tensor.element_size() < 4
