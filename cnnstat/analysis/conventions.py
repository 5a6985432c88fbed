"""What other tools count: each tool as a table of weights on what a layer has, listed here by name.

A network is taken to be written with the modules of the tool's own framework: ``global_avg_pool`` is
`AdaptiveAvgPool2d(1)`, ``add`` is ``a + b``. Each table says against what its rules were held.
"""

from __future__ import annotations

from cnnstat.analysis import profilers, tools_elsewhere, tools_of_pytorch
from cnnstat.analysis.convention import Convention
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion

CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        tools_of_pytorch.FVCORE,
        tools_of_pytorch.TORCHINFO,
        tools_of_pytorch.PTFLOPS,
        tools_of_pytorch.PTFLOPS_PYTORCH,
        tools_of_pytorch.THOP,
        profilers.CALFLOPS,
        profilers.DEEPSPEED,
        profilers.TORCHSCAN,
        profilers.TORCHLENS,
        tools_of_pytorch.TORCH,
        tools_elsewhere.ONNX_TOOL,
        tools_elsewhere.DISTILL,
        tools_elsewhere.CONVNET_BURDEN,
        tools_elsewhere.NETSCOPE,
    )
}
"""Every tool by the name ``--convention`` takes."""


def convention_of(name: str) -> Convention:
    """Return a tool's convention.

    Raises:
        ArgumentError: there is no tool of that name.
    """
    if name not in CONVENTIONS:
        hint = suggestion(name, CONVENTIONS) or f"; known: {', '.join(CONVENTIONS)}"
        raise ArgumentError(f"unknown convention '{name}'{hint}")
    return CONVENTIONS[name]


__all__ = ["CONVENTIONS", "Convention", "convention_of"]
