"""Convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnstat.importers.torch_export.call import Call


def conv(call: Call) -> bool:
    """conv1d to conv3d; their padding is a number for each axis, `same` or `valid`."""
    if call["transposed"]:
        return False
    x, weight, bias = call.x, call.name("weight"), call.name("bias")
    rank = len(call.value(weight).shape or ()) - 2
    padding = call["padding"]
    attributes: dict[str, Any] = {}
    if isinstance(padding, str):
        attributes["auto_pad"] = b"SAME_UPPER" if padding == "same" else b"VALID"
    else:
        attributes["pads"] = call.sizes("padding", rank) * 2
    read = [x, weight, bias] if bias else [x, weight]
    return call.put(
        "Conv",
        read,
        **attributes,
        strides=call.sizes("stride", rank),
        dilations=call.sizes("dilation", rank),
        group=call["groups"],
    )


def transposed(call: Call) -> bool:
    """conv_transpose1d to conv_transpose3d."""
    x, weight, bias = call.x, call.name("weight"), call.name("bias")
    rank = len(call.value(weight).shape or ()) - 2
    return call.put(
        "ConvTranspose",
        [x, weight, bias] if bias else [x, weight],
        pads=call.sizes("padding", rank) * 2,
        strides=call.sizes("stride", rank),
        dilations=call.sizes("dilation", rank),
        output_padding=call.sizes("output_padding", rank),
        group=call["groups"],
    )
