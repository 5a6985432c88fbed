"""A graph of layers in PyTorch: the function of each type, from one layer to the next as the spec says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tests.executor.make_reference import LAYERS, RUN_DEPENDENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import cnnstat
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.program import Step

TYPES = {*LAYERS, *RUN_DEPENDENT}
"""All types that PyTorch has, or that are composed of its functions."""

OF_PLACES = {"channel_shuffle", "local_response_norm", "instance_norm"}
"""Types for which PyTorch needs an axis behind the channels: a vector gets one of a single place."""


def put_out(step: Step, params: Mapping[str, Any], inputs: list[Any], training: bool) -> Any:
    """Return what PyTorch makes of a layer."""
    if step.type in RUN_DEPENDENT:
        return RUN_DEPENDENT[step.type](step.options, params, *inputs, training)
    if step.type in OF_PLACES and inputs[0].ndim == 2:
        return LAYERS[step.type](step.options, params, inputs[0][..., None])[..., 0]
    return LAYERS[step.type](step.options, params, *inputs)


class Gone:
    """What PyTorch made of a network: outputs, and gradients of the inputs and of what is trained."""

    def __init__(self, network: cnnstat.Network, batch: Mapping[str, Array], *, training: bool) -> None:
        self.network = network
        self.training = training
        self.inputs = {name: torch.tensor(x, requires_grad=True) for name, x in batch.items()}
        self.stored = {
            f"{step.name}.{name}": torch.tensor(value, requires_grad=name in stored.trained)
            for step, stored in network.owned()
            for name, value in stored.all.items()
        }
        self.outputs = self._outputs()

    def _outputs(self) -> list[Any]:
        program = self.network.program
        found: dict[int, Any] = {
            number: self.inputs[name] for number, name in program.numbered_inputs.items()
        }
        for number, step in enumerate(program.steps):
            owner = f"{self.network.owner(step).name}."
            params = {name: self.stored[owner + name] for name in self.network.stored[number].all}
            inputs = [found[source] for source in step.inputs]
            found[number] = put_out(step, params, inputs, self.training)
        return [found[number] for number in program.outputs]

    def backward(self, dys: list[Array]) -> dict[str, Array]:
        """Return the gradient of each input and each trained tensor, zeros where nothing depends on it."""
        total = sum((torch.from_numpy(dy) * y).sum() for dy, y in zip(dys, self.outputs, strict=True))
        wanted = {**self.inputs, **{name: each for name, each in self.stored.items() if each.requires_grad}}
        if not total.requires_grad:  # every output is made of frozen parameters alone
            return {name: torch.zeros_like(each).numpy() for name, each in wanted.items()}
        gradients = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
        return {
            name: (torch.zeros_like(tensor) if gradient is None else gradient).numpy()
            for (name, tensor), gradient in zip(wanted.items(), gradients, strict=True)
        }
