"""Files of weights, inputs and activations: round trips, and files that mean harm."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.lib import format as npy

from cnnstat.tensors import FileError, read_array, read_weights, save_activations, save_weights
from cnnstat.tensors import npy as npy_files

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.executor.kernel import Array

SUFFIXES = [".npz", ".safetensors"]
TENSORS: dict[str, Array] = {
    "conv.weight": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
    "conv.bias": np.array([0.5], np.float64),
    "half.weight": np.array([1.5, -2], np.float16),
    "bn.num_batches_tracked": np.array(7, np.int64),
}


def npy_bytes(header: str, data: bytes = b"", length: int | None = None) -> bytes:
    text = header.encode("latin1")
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text) if length is None else length) + text + data


def npz(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def safetensors(path: Path, header: Any, data: bytes = b"") -> Path:
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def header(shape: str, descr: str = "'<f4'") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"


# Weights


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".NPZ"])
def test_weights_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"w{suffix}"
    save_weights(path, TENSORS)
    found = read_weights(path)
    assert found.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert found[name].dtype == tensor.dtype
        np.testing.assert_array_equal(found[name], tensor)
    assert os.listdir(tmp_path) == [path.name]


def test_npz_keeps_the_order_and_safetensors_is_sorted(tmp_path: Path) -> None:
    for suffix, order in ((".npz", list(TENSORS)), (".safetensors", sorted(TENSORS))):
        save_weights(tmp_path / f"w{suffix}", TENSORS)
        assert list(read_weights(tmp_path / f"w{suffix}")) == order


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_tensor_that_is_not_contiguous_is_written_as_it_looks(tmp_path: Path, suffix: str) -> None:
    tensor = np.arange(12, dtype=np.float32).reshape(3, 4).T
    save_weights(tmp_path / f"w{suffix}", {"file": tensor})
    np.testing.assert_array_equal(read_weights(tmp_path / f"w{suffix}")["file"], tensor)


def test_numpy_reads_what_is_written_and_the_other_way_round(tmp_path: Path) -> None:
    save_weights(tmp_path / "ours.npz", TENSORS)
    with np.load(tmp_path / "ours.npz") as found:
        np.testing.assert_array_equal(found["conv.weight"], TENSORS["conv.weight"])
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3)).astype(">f8", order="F")
    np.savez_compressed(tmp_path / "theirs.npz", a=fortran)
    found_fortran = read_weights(tmp_path / "theirs.npz")["a"]
    assert found_fortran.dtype == np.float64
    np.testing.assert_array_equal(found_fortran, fortran)


def test_bfloat16_becomes_float32(tmp_path: Path) -> None:
    data = np.array([1.0, -2.5, 3.0], np.float32).view(np.uint32) >> 16
    entry = {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}
    path = safetensors(tmp_path / "w.safetensors", {"w": entry}, data.astype("<u2").tobytes())
    np.testing.assert_array_equal(read_weights(path)["w"], np.array([1.0, -2.5, 3.0], np.float32))


BOMB = header("(20000000,)")
BAD_MEMBERS: dict[str, tuple[dict[str, bytes], str]] = {
    "objects": ({"a.npy": npy_bytes(header("(1,)", "'|O'"), b"x")}, "'a' holds Python objects"),
    "text": ({"a.npy": npy_bytes(header("(1,)", "'<U3'"), bytes(12))}, "'a' is <U3; save it as float32"),
    "complex": ({"a.npy": npy_bytes(header("(1,)", "'<c8'"), bytes(8))}, "'a' is complex64"),
    "booleans": ({"a.npy": npy_bytes(header("(1,)", "'|b1'"), b"x")}, "'a' is bool"),
    "records": ({"a.npy": npy_bytes(header("(1,)", "[('x', '<f4')]"), bytes(4))}, "'a' is "),
    "pieces": ({"a.npy": npy_bytes(header("(1,)", "('<f4', (2,))"), bytes(8))}, "'a' "),
    "huge claim": (
        {"a.npy": npy_bytes(header("(10**6,)".replace("10**6", "1000000000000")))},
        "is it cut off",
    ),
    "overflow": ({"a.npy": npy_bytes(header("(4294967296, 4294967296)"))}, "claims 4294967296x4294967296"),
    "empty": ({"a.npy": npy_bytes(header("(0, 9999999999999999999999)"))}, "holds no numbers"),
    "negative": ({"a.npy": npy_bytes(header("(-1,)"))}, "holds no numbers"),
    "true": ({"a.npy": npy_bytes(header("(True,)"), bytes(4))}, "no readable .npy header"),
    "true and more": ({"a.npy": npy_bytes(header("(3, True)"), bytes(12))}, "no readable .npy header"),
    "axes": ({"a.npy": npy_bytes(header("(1,)*40".replace("(1,)*40", str((1,) * 40))), bytes(4))}, "40 axes"),
    "long header": ({"a.npy": npy_bytes(" " * 60_000)}, "no readable .npy header"),
    "claimed header": ({"a.npy": npy_bytes("", length=2**32 - 1)}, "no readable .npy header"),
    "nested header": ({"a.npy": npy_bytes("(" * 9000)}, "no readable .npy header"),
    "code in header": ({"a.npy": npy_bytes("__import__('os')")}, "no readable .npy header"),
    "other magic": ({"a.npy": b"PK\x03\x04" * 50}, "no readable .npy header"),
    "no array": ({"readme.txt": b"hello"}, "'readme.txt', which is no .npy array"),
    "nothing": ({}, "holds no tensors"),
    "bomb": ({"a.npy": npy_bytes(BOMB, bytes(80_000_000))}, "which no trained weights do"),
    "control": ({"\x1b[2J.npy": npy_bytes(header("(1,)", "'|O'"), b"x")}, r"'\x1b[2J' holds"),
    "log command": ({"::error::x.npy": npy_bytes(header("(1,)", "'|O'"), b"x")}, "': :error: :x' holds"),
    "nan": (
        {"a.npy": npy_bytes(header("(3,)"), struct.pack("<3f", 1, float("nan"), float("inf")))},
        "a holds",
    ),
}


@pytest.mark.parametrize("case", BAD_MEMBERS)
def test_a_bad_npz_is_refused(tmp_path: Path, case: str) -> None:
    members, message = BAD_MEMBERS[case]
    with pytest.raises(FileError) as error:
        read_weights(npz(tmp_path / "w.npz", members))
    text = str(error.value)
    assert text.startswith(f"{tmp_path / 'w.npz'}: ")
    assert message in text
    assert text.isprintable()
    assert len(text) < 400 + len(str(tmp_path))


def test_pickle_is_not_read(tmp_path: Path) -> None:
    array = np.empty(1, object)
    np.savez(tmp_path / "w.npz", a=array)
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(FileError, match="Python objects, which are not read"):
        read_weights(tmp_path / "w.npz")
    with pytest.raises(FileError, match="Python objects, which are not read"):
        read_array(tmp_path / "x.npy", (1,))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.ones(1))
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        for _ in range(2):
            archive.writestr("a.npy", buffer.getvalue())
    with pytest.raises(FileError, match="holds 'a' twice"):
        read_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    save_weights(tmp_path / f"w{suffix}", TENSORS)
    monkeypatch.setattr(npy_files, "MAX_TENSORS", 3)
    monkeypatch.setattr("cnnstat.tensors.weights.MAX_TENSORS", 3)
    with pytest.raises(FileError, match="holds 4 tensors; at most 3 are read"):
        read_weights(tmp_path / f"w{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"w{suffix}"
    save_weights(path, TENSORS)
    whole = path.read_bytes()
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        with pytest.raises(FileError, match=r"damaged|cut off|safetensors file"):
            read_weights(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_to_any_compression_is_refused(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "w.npz"
    buffer = io.BytesIO()
    np.save(buffer, np.arange(20.0))
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("a.npy", buffer.getvalue())
    whole = path.read_bytes()
    np.testing.assert_array_equal(read_weights(path)["a"], np.arange(20.0))
    for place in range(40, len(whole) - 80):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with contextlib.suppress(FileError):
            read_weights(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_changed_byte_does_no_harm(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"w{suffix}"
    save_weights(path, TENSORS)
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 0x81
        path.write_bytes(changed)
        try:
            read_weights(path)
        except FileError as error:
            assert str(error).isprintable()  # noqa: PT017 - no error is fine as well


F32 = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
BAD_HEADERS: dict[str, tuple[Any, bytes, str]] = {
    "overlap": ({"a": F32, "b": F32}, bytes(4), "damaged one"),
    "gap": ({"a": F32}, bytes(8), "damaged one"),
    "beyond": ({"a": {**F32, "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}, bytes(4), "damaged one"),
    "misfit": ({"a": {**F32, "shape": [2]}}, bytes(4), "damaged one"),
    "type": ({"a": {**F32, "dtype": "BOOL", "shape": [4]}}, bytes(4), "'a' is of type BOOL"),
    "unknown type": ({"a": {**F32, "dtype": "F3"}}, bytes(4), "damaged one"),
    "empty": ({"a": {**F32, "shape": [0, 2**40], "data_offsets": [0, 0]}}, b"", "holds no numbers"),
    "axes": ({"a": {**F32, "shape": [1] * 100}}, bytes(4), "100 axes"),
    "nothing": ({}, b"", "holds no tensors"),
    "list": ([1], b"", "damaged one"),
    "control": ({"\x1b[2J\n": {**F32, "dtype": "BOOL", "shape": [4]}}, bytes(4), r"'\x1b[2J\n' is of"),
    "nan": ({"a": F32}, struct.pack("<f", float("nan")), "a holds 1 NaN"),
}


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_a_bad_safetensors_file_is_refused(tmp_path: Path, case: str) -> None:
    content, data, message = BAD_HEADERS[case]
    with pytest.raises(FileError) as error:
        read_weights(safetensors(tmp_path / "w.safetensors", content, data))
    assert message in str(error.value)
    assert str(error.value).isprintable()


def test_an_absurd_header_of_safetensors_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", 2**63) + b"{}")
    with pytest.raises(FileError, match="claims a header of 9,223,372,036,854,775,808 bytes"):
        read_weights(tmp_path / "w.safetensors")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.npz", "there is no such file"),
        ("folder.npz", "is a folder, not a file"),
        ("w.pt", r"expected .npz or .safetensors, got '.pt'; a pickle can .* safetensors.torch.save_file"),
        ("w", "expected .npz or .safetensors, got no suffix"),
        ("w\0.npz", "no such file|null"),
    ],
)
def test_what_is_no_file_of_weights(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "w.pt").touch()
    (tmp_path / "w").touch()
    with pytest.raises(FileError, match=message):
        read_weights(tmp_path / name)


def test_each_nan_is_counted(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.npz", {"C3.weight": np.array([np.nan, 1, np.nan, np.nan])})
    with pytest.raises(FileError, match=r": C3\.weight holds 3 NaN$"):
        read_weights(tmp_path / "w.npz")
    save_weights(tmp_path / "w.npz", {"C3.weight": np.array([np.nan, -np.inf, np.inf])})
    with pytest.raises(FileError, match=r": C3\.weight holds 1 NaN and 2 infinite$"):
        read_weights(tmp_path / "w.npz")


def test_without_the_library_the_message_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_weights(tmp_path / "w.safetensors", TENSORS)
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(FileError, match=r"pip install safetensors"):
        read_weights(tmp_path / "w.safetensors")
    with pytest.raises(FileError, match=r"w2.safetensors: .*pip install"):
        save_weights(tmp_path / "w2.safetensors", TENSORS)


# Writing


class Interruption(BaseException):
    """What Ctrl-C raises, but for pytest."""


def test_an_interrupted_run_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.npz"
    save_weights(path, TENSORS)
    before = path.read_bytes()

    def interrupt(*_: Any, **__: Any) -> None:
        raise Interruption

    monkeypatch.setattr(npy, "write_array", interrupt)
    with pytest.raises(Interruption):
        save_weights(path, {"a": np.zeros(3)})
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["w.npz"]


def test_equal_weights_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_weights(tmp_path / f"{name}.npz", TENSORS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    save_weights(tmp_path / "real.npz", {"a": np.zeros(3)})
    (tmp_path / "link.npz").symlink_to("real.npz")
    save_weights(tmp_path / "link.npz", TENSORS)
    assert (tmp_path / "link.npz").is_symlink()
    assert read_weights(tmp_path / "real.npz").keys() == TENSORS.keys()


@pytest.mark.parametrize("name", ["absent/w.npz", "folder.npz", "w.pt", "w"])
def test_where_nothing_can_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(FileError, match=r"does not exist; make it first|is a folder|expected \.npz or"):
        save_weights(tmp_path / name, TENSORS)
    assert os.listdir(tmp_path) == ["folder.npz"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_permission_is_an_error_of_the_file(tmp_path: Path, suffix: str) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="ermission denied"):
        save_weights(tmp_path / f"w{suffix}", TENSORS)
    tmp_path.chmod(0o700)


def test_activations_keep_the_names_of_blocks(tmp_path: Path) -> None:
    arrays: dict[str, Array] = {
        "stage1/1/conv1": np.ones((2, 3)),
        "stage1.1.conv1": np.zeros(4),
        "größe": np.arange(2),
    }
    save_activations(tmp_path / "a.npz", arrays)
    with np.load(tmp_path / "a.npz") as found:
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
    with pytest.raises(FileError, match=r"expected \.npz, got '\.csv'"):
        save_activations(tmp_path / "a.csv", arrays)


# Inputs


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "u1", "i8"])
@pytest.mark.parametrize("batch", [(), (1,), (3,)])
def test_an_array_is_read_as_a_batch(tmp_path: Path, dtype: str, batch: tuple[int, ...]) -> None:
    array = np.arange(np.prod((*batch, 1, 4, 5))).reshape(*batch, 1, 4, 5).astype(dtype)
    np.save(tmp_path / "x.npy", array)
    found = read_array(tmp_path / "x.npy", (1, 4, 5))
    assert found.dtype == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(found, array.reshape(-1, 1, 4, 5))


@pytest.mark.parametrize("shape", [(4, 5), (2, 1, 5, 4), (2, 2, 1, 4, 5), ()])
def test_another_shape_is_explained(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "x.npy", np.zeros(shape))
    with pytest.raises(FileError, match=r"holds .*, the network wants 1x4x5, or Nx1x4x5 for a batch of N"):
        read_array(tmp_path / "x.npy", (1, 4, 5))


def test_a_bad_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.array([1, np.nan]))
    with pytest.raises(FileError, match="the array holds 1 NaN"):
        read_array(path, (2,))
    path.write_bytes(npy_bytes(header("(True,)"), bytes(4)))
    with pytest.raises(FileError, match=r"no readable \.npy header"):
        read_array(path, (1,))
    path.write_bytes(npy_bytes(header("(1000000000000,)")))
    with pytest.raises(
        FileError, match=r"claims 1000000000000 numbers .* 0 bytes are there; is it cut off\?"
    ):
        read_array(path, (10**12,))
    with pytest.raises(FileError, match=r"expected \.npy, got '\.npz'; save it with numpy.save"):
        read_array(npz(tmp_path / "x.npz", {}), (2,))
    with pytest.raises(FileError, match="there is no such file"):
        read_array(tmp_path / "y.npy", (2,))
