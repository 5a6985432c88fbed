"""Names of a spec as attributes of a `torch.nn.Module`, which has some of its own, and the way back.

A layer `double` is the attribute `double_`, as a person would call it: `Module.double()` is there already,
and `torch.export` refuses a module in its place. A layer `double_` is `double__`, so that each way has one
answer.
"""

from __future__ import annotations

import re

MODULE_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
        T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
        dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
        ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters
        parameters
        register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
        register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
        register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
        register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
        to_empty train training type xpu zero_grad
        """,
    )
)
"""The attributes that every `torch.nn.Module` has."""

_TAKEN = re.compile(rf"(?:{'|'.join(sorted(MODULE_NAMES))})_*")
_GIVEN = re.compile(rf"(?:{'|'.join(sorted(MODULE_NAMES))})_+")


def attribute(name: str) -> str:
    """Return the attribute of a module that a layer of this name is."""
    return f"{name}_" if _TAKEN.fullmatch(name) else name


def attributes(path: str) -> str:
    """Return dotted names as attributes: what a state dict calls a tensor."""
    return ".".join(map(attribute, path.split(".")))


def names(path: str) -> str:
    """Return dotted attributes as the names of layers: the way back."""
    return ".".join(part[:-1] if _GIVEN.fullmatch(part) else part for part in path.split("."))
