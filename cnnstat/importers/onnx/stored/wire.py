"""A model file without the numbers of its large tensors, and where in the file those are.

An .onnx file is one protobuf message, weights included. Nothing of a summary needs the weights, so the file
is gone through field by field, without decoding it, and a payload of more than `KEPT` bytes is left out; what
is left is small, however large the file, and is decoded by onnx. The fields are those of onnx.proto3.
"""

from __future__ import annotations

import mmap
import os
import stat
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 1 << 14
"""Bytes of a tensor that are kept: targets of shapes, scales, statistics; weights are larger."""

MAX_FILE = 1 << 31
"""Bytes of a file: no protobuf message is larger."""

MAX_REST = 64 << 20
"""Bytes that may be left without the large tensors."""

MAX_FIELDS = 4_000_000
"""Fields of all messages that are gone through."""

MAX_NESTING = 16
"""Graphs within nodes of graphs."""

Message: TypeAlias = "dict[int, Message]"
_TENSOR: Message = {}
_ATTRIBUTE: Message = {5: _TENSOR, 10: _TENSOR}
_NODE: Message = {5: _ATTRIBUTE}
_GRAPH: Message = {1: _NODE, 5: _TENSOR}
_ATTRIBUTE |= {6: _GRAPH, 11: _GRAPH}
_MODEL: Message = {7: _GRAPH, 25: {7: _NODE}}
"""The fields of messages that lead to tensors."""

_PAYLOADS = {
    4: "float_data",
    5: "int32_data",
    7: "int64_data",
    9: "raw_data",
    10: "double_data",
    11: "uint64_data",
}
_DOC_STRINGS = {id(_TENSOR): 12, id(_NODE): 6, id(_GRAPH): 10, id(_ATTRIBUTE): 13, id(_MODEL): 6}


class BrokenFileError(ValueError):
    """A file that is no model, or not all of one."""


class Payload(Struct, frozen=True):
    """Where the numbers of a tensor are in the file: which field, from which byte on, how many bytes."""

    field: str
    start: int
    length: int

    def written(self) -> str:
        """Return it as the text that stands in a tensor's `doc_string` for it."""
        return f"{self.field}:{self.start}:{self.length}"

    @classmethod
    def read(cls, text: str) -> Payload:
        """Return what `written` has written."""
        field, start, length = text.split(":")
        return cls(field, int(start), int(length))


def without_weights(path: Path) -> bytes:
    """Return the message of a file without large tensors; the `doc_string` of such a one is its `Payload`.

    All other doc strings are left out, too.

    Raises:
        OSError: the system refuses to read it.
        BrokenFileError: it is too large, is no regular file, or ends in the middle of a field.
    """
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise BrokenFileError("is no regular file")
        if not status.st_size:
            raise BrokenFileError("is empty")
        if status.st_size > MAX_FILE:
            raise BrokenFileError(
                "is larger than 2 GiB, which no ONNX model can be: its weights go beside it"
            )
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data).message(_MODEL, 0, len(data), 0)


class _Reader:
    """A file in memory, and how many fields may still be read."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._fields = MAX_FIELDS
        self._rest = MAX_REST

    def message(self, kind: Message, start: int, end: int, level: int) -> bytes:
        """Return a message without what is left out."""
        if level > 4 * MAX_NESTING:
            raise BrokenFileError(f"has graphs within nodes more than {MAX_NESTING} levels deep")
        parts: list[bytes] = []
        doc = _DOC_STRINGS.get(id(kind))
        for field, tag, inner, stop in self._read(start, end):
            if field == doc:
                continue
            if field in kind and inner >= 0:
                body = self.message(kind[field], inner, stop, level + 1)
                parts += (_varint(field << 3 | 2), _varint(len(body)), body)
            elif kind is _TENSOR and field in _PAYLOADS and inner >= 0 and stop - inner > KEPT:
                text = Payload(_PAYLOADS[field], inner, stop - inner).written().encode()
                parts += (_varint(12 << 3 | 2), _varint(len(text)), text)
            else:
                self._rest -= stop - tag
                if self._rest < 0:
                    raise BrokenFileError(f"has more than {MAX_REST >> 20} MiB beside its weights")
                parts.append(self._data[tag:stop])
        return b"".join(parts)

    def _read(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield each field: its number, where it begins, where its content does (-1: a number), its end."""
        place = start
        while place < end:
            self._fields -= 1
            if self._fields < 0:
                raise BrokenFileError(f"has more than {MAX_FIELDS:,} fields")
            tag = place
            key, place = self._number(place, end)
            content, wire = -1, key & 7
            if wire == 0:
                _, place = self._number(place, end)
            elif wire == 2:
                length, content = self._number(place, end)
                place = content + length
            elif wire in (1, 5):
                place += 8 if wire == 1 else 4
            else:
                raise BrokenFileError("is no ONNX model")
            if place > end or key >> 3 == 0:
                raise BrokenFileError("is no ONNX model, or not all of one")
            yield key >> 3, tag, content, place

    def _number(self, place: int, end: int) -> tuple[int, int]:
        value = shift = 0
        while place < end and shift < 64:
            byte = self._data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value, place
        raise BrokenFileError("is no ONNX model, or not all of one")


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
