"""Names of layers that a module of PyTorch can have as attributes."""

from __future__ import annotations

import keyword

MODULE_NAMES = frozenset(
    (
        *[
            "T_destination",
            "add_module",
            "apply",
            "bfloat16",
            "buffers",
            "call_super_init",
            "children",
            "compile",
            "cpu",
            "cuda",
        ],
        *[
            "double",
            "dump_patches",
            "eval",
            "extra_repr",
            "float",
            "forward",
            "get_buffer",
            "get_extra_state",
            "get_parameter",
        ],
        *[
            "get_submodule",
            "half",
            "ipu",
            "load_state_dict",
            "modules",
            "mtia",
            "named_buffers",
            "named_children",
        ],
        *["named_modules", "named_parameters", "parameters", "register_backward_hook", "register_buffer"],
        *["register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook"],
        *["register_full_backward_pre_hook", "register_load_state_dict_post_hook"],
        *["register_load_state_dict_pre_hook", "register_module", "register_parameter"],
        *[
            "register_state_dict_post_hook",
            "register_state_dict_pre_hook",
            "requires_grad_",
            "set_extra_state",
        ],
        *[
            "set_submodule",
            "share_memory",
            "state_dict",
            "to",
            "to_empty",
            "train",
            "training",
            "type",
            "xpu",
            "zero_grad",
        ],
    )
)
"""The attributes that every `torch.nn.Module` has."""


def is_plain(name: str) -> bool:
    """Say whether a layer of this name can be written as an attribute."""
    return name.isidentifier() and not keyword.iskeyword(name) and not clashes(name)


def clashes(name: str) -> bool:
    """Say whether a module may have something else under this name."""
    return name in MODULE_NAMES or name[0] == "_"
