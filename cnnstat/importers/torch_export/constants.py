"""What a program works out from its own tensors alone, and their numbers once there are some."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx.nodes.constants import laid_into_zeros
from cnnstat.importers.onnx.nodes.value import keeps_numbers
from cnnstat.importers.torch_export.orders import TURNING, order_of
from cnnstat.importers.torch_export.program import SAMPLES

if TYPE_CHECKING:
    from cnnstat.importers.draft import Turn
    from cnnstat.importers.onnx.nodes.value import Value
    from cnnstat.importers.torch_export.call import Call

AS_IT_IS = {
    *("alias", "clone", "contiguous", "detach", "dropout", "lift_fresh_copy", "lift_fresh", "native_dropout"),
    *("feature_dropout", "_assert_tensor_metadata"),
}
"""What puts out the numbers that it reads."""
_CAST = {"to", "_to_copy", "type_as", "float"}
_ZEROS = {"aten::new_zeros", "aten::zeros", "aten::zeros_like"}
_SHAPED = {"view", "reshape", "_unsafe_view", "flatten", "squeeze", "unsqueeze", "unflatten", "view_as"}


def turned(call: Call) -> Value | None:
    """Return a tensor of the module under another shape or order of axes, None where it is something else."""
    if not call.node.args or call.node.args[0] not in call.node.all_input_nodes:
        return None
    first = call.value(call.x)
    shape, own = call.shape, first.shape or ()
    turn: Turn
    if call.operator in AS_IT_IS:
        return first
    if call.operator in _CAST:
        return first if keeps_numbers(first.kind, call.kind) else None
    if call.operator == "expand" and _is_for_samples(own, shape):
        return first if len(own) == len(shape) else None
    if call.operator == "index_put":
        return _scattered(call)
    if call.operator in TURNING:
        turn = ("permute", tuple(order_of(call, len(own))))
    elif call.operator in _SHAPED and prod(own) == prod(shape):
        turn = ("reshape", shape)
    else:
        return None
    return replace(first.turned(turn, shape), name=call.node.name)


def _scattered(call: Call) -> Value | None:
    """Return kernels of the module that are laid into zeros."""
    import numpy as np  # noqa: PLC0415

    zeros, places = call.node.args[0], [call.value(name).array for name in call.names("indices")]
    made_by = getattr(getattr(zeros.target, "_schema", None), "name", "")
    if made_by not in _ZEROS or len(places) != 2 or any(each is None for each in places):
        return None
    found = laid_into_zeros(call.value(call.name("values")), call.shape, np.stack(places, 1))
    return None if found is None or call["accumulate"] else replace(found, name=call.node.name)


def _is_for_samples(own: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Say whether a tensor is repeated for each sample, and in no other way."""
    own = (1,) * (len(wanted) - len(own)) + own
    return wanted[:1] == (SAMPLES,) and own[:1] == (1,) and own[1:] == wanted[1:]


def computed(call: Call) -> Any:
    """Return what a call makes of numbers at hand, None where some are not."""
    import torch  # noqa: PLC0415

    def numbers(given: Any) -> Any:
        if isinstance(given, list | tuple):
            return [numbers(each) for each in given]
        if not isinstance(given, type(call.node)):
            return given
        return torch.from_numpy(call.value(call.reading.names[given]).array)

    try:
        with torch.no_grad():
            args = [numbers(each) for each in call.node.args]
            found = call.node.target(
                *args, **{name: numbers(each) for name, each in call.node.kwargs.items()}
            )
            return found.cpu().numpy()
    except Exception:  # whatever it is: then it is worked out when the numbers are needed
        return None
