"""Pictures as inputs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from cnnstat.tensors import FileError, read_image
from cnnstat.tensors.pictures import IMAGENET, Scaling

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Scaling((0.0,), (1.0,))
PLAIN3 = Scaling((0.0,) * 3, (1.0,) * 3)


def saved(path: Path, values: Any, mode: str | None = None, **options: Any) -> Path:
    picture = Image.fromarray(np.asarray(values))
    (picture.convert(mode) if mode else picture).save(path, **options)
    return path


def test_colours_are_normalised_by_imagenet(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.png", np.full((5, 7, 3), (255, 0, 51), np.uint8))
    found = read_image(path, (3, 4, 6))
    assert found.shape == (1, 3, 4, 6)
    assert found.dtype == np.float32
    for channel, value in enumerate((1.0, 0.0, 0.2)):
        expected = (value - IMAGENET.mean[channel]) / IMAGENET.std[channel]
        np.testing.assert_allclose(found[0, channel], expected, rtol=1e-5)


def test_a_digit_of_mnist_gets_lenets_range(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.png", np.array([[0, 255]], np.uint8))
    np.testing.assert_allclose(read_image(path, (1, 1, 2)), [[[[-0.1, 1.175]]]], rtol=1e-5)
    np.testing.assert_allclose(read_image(path, (1, 1, 2), invert=True), [[[[1.175, -0.1]]]], rtol=1e-5)


def test_the_whole_picture_is_resized(tmp_path: Path) -> None:
    values = np.zeros((4, 8), np.uint8)
    values[:, 4:] = 200
    found = read_image(saved(tmp_path / "x.png", values), (1, 2, 2), scaling=PLAIN)
    assert found[0, 0, 0, 0] < 0.2 < 0.6 < found[0, 0, 0, 1]


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".JPG", ".png"])
def test_kinds_of_files(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path / f"x{suffix}", np.full((8, 8, 3), 100, np.uint8))
    np.testing.assert_allclose(read_image(path, (3, 8, 8), scaling=PLAIN3), 100 / 255, atol=0.01)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
@pytest.mark.parametrize("channels", [1, 3])
def test_kinds_of_colours(tmp_path: Path, mode: str, channels: int) -> None:
    suffix = ".jpg" if mode == "CMYK" else ".png"
    path = saved(tmp_path / f"x{suffix}", np.full((8, 8, 3), 255, np.uint8), mode)
    scaling = PLAIN if channels == 1 else PLAIN3
    np.testing.assert_allclose(read_image(path, (channels, 8, 8), scaling=scaling), 1, atol=0.01)


def test_sixteen_bits_are_not_cut_off(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.png", np.array([[0, 32896, 65535]], np.uint16))
    found = read_image(path, (1, 1, 3), scaling=PLAIN)
    np.testing.assert_allclose(found.ravel(), [0, 128 / 255, 1], atol=1e-6)


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    values = np.zeros((1, 2, 4), np.uint8)
    values[0, 1, 3] = 255
    path = saved(tmp_path / "x.png", values)
    np.testing.assert_array_equal(read_image(path, (1, 1, 2), scaling=PLAIN).ravel(), [1, 0])
    path = saved(tmp_path / "y.png", np.array([[0, 7]], np.uint8), transparency=7)
    np.testing.assert_array_equal(read_image(path, (1, 1, 2), scaling=PLAIN).ravel(), [0, 1])


def test_the_rotation_of_a_camera_is_done(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    path = saved(tmp_path / "x.png", np.array([[0, 255]], np.uint8), exif=exif)
    np.testing.assert_array_equal(read_image(path, (1, 2, 1), scaling=PLAIN).ravel(), [0, 1])
    path = saved(tmp_path / "x.png", np.array([[0], [255]], np.uint8), exif=exif)
    np.testing.assert_array_equal(read_image(path, (1, 1, 2), scaling=PLAIN).ravel(), [1, 0])


@pytest.mark.parametrize("pixels", [30, 60])
def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: int) -> None:
    path = saved(tmp_path / "x.png", np.zeros((8, 8), np.uint8))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels)
    with pytest.raises(FileError, match=f"more than {pixels} pixels, too many to unpack safely"):
        read_image(path, (1, 8, 8))


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_cut_off_is_refused(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    path = saved(tmp_path / f"x{suffix}", noise)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 20, 97):
        path.write_bytes(whole[:length])
        with pytest.raises(FileError, match=r"no PNG or JPEG picture|damaged picture"):
            read_image(path, (3, 8, 8))


def test_what_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read_image(tmp_path / "x.png", (3, 8, 8))
    with pytest.raises(FileError, match="is a folder"):
        read_image(tmp_path, (3, 8, 8))
    saved(tmp_path / "x.gif", np.zeros((2, 2), np.uint8))
    with pytest.raises(FileError, match=r"expected \.png, \.jpg or \.jpeg, got '\.gif'"):
        read_image(tmp_path / "x.gif", (3, 8, 8))
    (tmp_path / "x.gif").rename(tmp_path / "x.png")
    with pytest.raises(FileError, match=r"is no PNG or JPEG picture$"):
        read_image(tmp_path / "x.png", (3, 8, 8))


@pytest.mark.parametrize("shape", [(2, 8, 8), (3, 8), (10,), (3, 2, 8, 8)])
def test_an_input_that_is_no_picture(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = saved(tmp_path / "x.png", np.zeros((2, 2), np.uint8))
    with pytest.raises(FileError, match=r"is a map of 1 or 3 channels, the network's input is .*\.npy"):
        read_image(path, shape)


def test_without_pillow_the_message_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "x.png", np.zeros((2, 2), np.uint8))
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(FileError, match=r"pip install pillow"):
        read_image(path, (1, 2, 2))
