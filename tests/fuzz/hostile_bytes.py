"""Files that were whole once, changed where it is felt.

The header of a .npy inside a .npz whose checksums are right, a key of a safetensors header whose length is
right, a chunk of a PNG under a checksum of its own; and plain bytes.
"""

from __future__ import annotations

import io
import json
import re
import struct
import warnings
import zipfile
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from hypothesis import strategies as st
from PIL import Image
from safetensors.numpy import save

from tests.fuzz import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

Shape = tuple[int, ...]
Tensors = list[tuple[str, Shape]]
"""Names and shapes."""

_ORDERS: SearchStrategy[Literal["little", "big"]] = st.sampled_from(("little", "big"))
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**31, 2**63 - 1, 2**64 - 1)


def changed_bytes(draw: DrawFn, data: bytes) -> bytes:
    """Change, remove, add or double some bytes."""
    place = draw(st.integers(0, max(0, len(data) - 1)))
    how = draw(st.integers(0, 5))
    if how == 0:
        return data[:place] + bytes([draw(st.integers(0, 255))]) + data[place + 1 :]
    if how == 1:
        return data[:place]
    if how == 2:
        return data[:place] + data[place + draw(st.integers(1, 64)) :]
    if how == 3:
        piece = data[place : place + draw(st.integers(1, 64))]
        return data[:place] + piece * draw(st.sampled_from((2, 3, 100))) + data[place:]
    if how == 4:
        return data[:place] + draw(st.binary(max_size=16)) + data[place:]
    width: int = draw(st.sampled_from((1, 2, 4, 8)))
    number: int = draw(st.sampled_from(_INTERESTING)) % 256**width
    return data[:place] + number.to_bytes(width, draw(_ORDERS)) + data[place + width :]


def sometimes(draw: DrawFn, data: bytes) -> bytes:
    """Change some bytes, or none."""
    for _ in range(draw(st.sampled_from((0, 0, 1, 2, 5)))):
        data = changed_bytes(draw, data)
    return data


# -- .npy and .npz -------------------------------------------------------------------------------------

_TYPES = ("<f4", "<f8", ">f4", "<f2", "<i8", "|u1", ">i2", "|b1", "<c8", "|O", "<U3", "|S4", "|V8", "<M8[s]")
_HEADER_WORD = re.compile(r"'[^']*'|\w+|\([^)]*\)")


def some_shape(draw: DrawFn) -> Shape:
    """Draw any small shape, empty ones too."""
    return tuple(draw(st.lists(st.sampled_from((1, 2, 3, 4, 5, 0)), max_size=4)))


def npy(draw: DrawFn, shape: Shape) -> bytes:
    """Draw a .npy file, whole or with some words of its header changed."""
    kind = draw(st.sampled_from(_TYPES)) if draw(st.booleans()) else "<f4"
    count = int(np.prod(shape, dtype=np.int64))
    data = bytes(count * np.dtype(kind).itemsize)
    header = f"{{'descr': '{kind}', 'fortran_order': {draw(st.booleans())}, 'shape': {shape}, }}"
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        found = list(_HEADER_WORD.finditer(header))
        if found:
            word = found[draw(st.integers(0, len(found) - 1))]
            header = header[: word.start()] + draw(st.sampled_from(words.HEADER)) + header[word.end() :]
    text = header.encode("latin1")
    if draw(st.booleans()):
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text)) + text + data


_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def _names(given: Sequence[tuple[str, Shape]]) -> tuple[str, ...]:
    return (*words.NAMES, *(name for name, _ in given))


def tensors(draw: DrawFn, given: Sequence[tuple[str, Shape]]) -> Tensors:
    """Draw names and shapes of tensors: those given, some of them changed, left out or added."""
    own = list(given)
    if draw(st.booleans()):
        own = [(f"module.{name}", shape) for name, shape in own]
    for _ in range(draw(st.integers(0, 2))):
        change = (draw(st.sampled_from(_names(given))), some_shape(draw))
        place = draw(st.integers(0, len(own)))
        own[place : place + draw(st.integers(0, 1))] = [change]
    return own


def npz(draw: DrawFn, given: Tensors) -> bytes:
    """Draw a .npz file of such tensors."""
    buffer = io.BytesIO()
    method = draw(st.sampled_from(_METHODS))
    suffix = ".npy" if draw(st.integers(0, 9)) else draw(st.sampled_from(("", ".txt", ".npy.npy")))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name twice is meant
        for number, (name, shape) in enumerate(tensors(draw, given)):
            changed = number == 0 or not draw(st.integers(0, 9))
            content = npy(draw, shape) if changed else _plain_npy(shape)
            archive.writestr(zipfile.ZipInfo(f"{name}{suffix}" or "x"), content, method)
    return buffer.getvalue()


def _plain_npy(shape: Shape) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ones(shape, np.float32))
    return buffer.getvalue()


# -- safetensors ---------------------------------------------------------------------------------------

_ENTRY_VALUES: tuple[Any, ...] = (
    *("F32", "F64", "BF16", "BOOL", "F8_E4M3", "C64", "Q9", "", None, True, 1, -1, 2**63, 2**64, 1.5, [], {}),
    *([0], [-1], [1, 2, 3], [0, 0], [0, 2**40], [4, 0], [2**63, 2**63], [[1]], ["1"], [1] * 40, "\x1b[31m"),
)


def safetensors(draw: DrawFn, given: Tensors) -> bytes:
    """Draw a .safetensors file of such tensors."""
    held = tensors(draw, given)
    whole = save({name: np.ones([max(1, n) for n in shape], np.float32) for name, shape in held})
    (length,) = struct.unpack("<Q", whole[:8])
    header = json.loads(whole[8 : 8 + length])
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        name = draw(st.sampled_from(sorted(header) or [""]))
        entry = header.get(name)
        if isinstance(entry, dict) and draw(st.integers(0, 5)):
            field = draw(st.sampled_from(("dtype", "shape", "data_offsets", "x")))
            entry[field] = draw(st.sampled_from(_ENTRY_VALUES))
        elif draw(st.booleans()):
            header[draw(st.sampled_from((*_names(given), "__metadata__")))] = draw(
                st.sampled_from(_ENTRY_VALUES)
            )
        else:
            header.pop(name, None)
    text = json.dumps(header).encode()
    claimed = len(text) if draw(st.integers(0, 9)) else draw(st.sampled_from(_INTERESTING))
    return struct.pack("<Q", claimed) + text + whole[8 + length :]


# -- pictures ------------------------------------------------------------------------------------------

_MODES = ("L", "RGB", "RGBA", "P", "LA", "1", "I;16")


@cache
def _picture(mode: str, form: str) -> bytes:
    buffer = io.BytesIO()
    values = (np.arange(9 * 7) * 4 % 256).astype(np.uint16 if mode == "I;16" else np.uint8).reshape(9, 7)
    picture = Image.fromarray(values)
    (picture if mode == "I;16" else picture.convert(mode)).save(buffer, form)
    return buffer.getvalue()


def png(draw: DrawFn) -> bytes:
    """Draw a PNG, some of its chunks changed under a checksum that is right."""
    data = _picture(draw(st.sampled_from(_MODES)), "PNG")
    chunks, place = [], 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    for _ in range(draw(st.sampled_from((0, 1, 1, 2)))):
        number = draw(st.integers(0, len(chunks) - 1))
        kind, content = chunks[number]
        how = draw(st.integers(0, 4))
        if how == 0:
            chunks.insert(number, chunks[number])
        elif how == 1 and len(chunks) > 1:
            chunks.pop(number)
        elif how == 2:
            kinds = (b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"zTXt", b"iTXt", b"eXIf", b"acTL", b"fdAT", b"fcTL")
            chunks.insert(number, (draw(st.sampled_from(kinds)), draw(st.binary(max_size=40))))
        else:
            chunks[number] = kind, changed_bytes(draw, content)
    return data[:8] + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def jpg(draw: DrawFn) -> bytes:
    """Draw a whole JPEG."""
    return _picture(draw(st.sampled_from(("L", "RGB"))), "JPEG")
