"""Pictures as inputs, read by Pillow: an extra, imported when the first picture is read."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from cnnstat.base.files import FileError, as_file_error
from cnnstat.tensors.common import existing, shape_text, shown
from cnnstat.tensors.inputs import GivenInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL.Image import Image

    from cnnstat.executor.kernel import Array

SUFFIXES = (".png", ".jpg", ".jpeg")
MODES = {1: "L", 3: "RGB"}


@dataclass(frozen=True, slots=True)
class Scaling:
    """What a value v from 0 (dark) to 1 (bright) becomes: (v - mean)/std, with a number per channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


IMAGENET = Scaling((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and spread of ImageNet's red, green and blue, as torchvision's weights of ResNet expect them."""
LENET = Scaling((0.1 / 1.275,), (1 / 1.275,))
"""Background -0.1 and ink 1.175 (LeCun et al. 1998, section III.A), so that the mean is about 0 and the
variance about 1. As in the files of MNIST, the background is 0 and the ink 255."""
SCALINGS = {1: LENET, 3: IMAGENET}


def read_image(
    path: Path | str, input_shape: tuple[int, ...], *, scaling: Scaling | None = None, invert: bool = False
) -> Array:
    """Read a PNG or JPEG picture as a batch of one sample, float32.

    The whole picture is resized to the input's height and width, bilinearly and without cropping, so its
    proportions may change. What is transparent becomes white, the rotation a camera noted is applied. One
    channel is grey, three are red, green and blue. Values are divided by 255 and scaled, by default as
    `LENET` and `IMAGENET` say. Dark ink on white paper needs `invert`: LeNet wants bright ink on black.

    Raises:
        FileError: Pillow or the file is missing, the file is damaged or of another kind, the picture is too
            large to be safe, or the input has other than 1 or 3 channels.
    """
    path = _fitting(path, input_shape)
    channels, height, width = input_shape
    with as_file_error(path), path.open("rb") as file, _readable(path):
        values = _values(file, MODES[channels], (width, height))
    return _scaled(1 - values if invert else values, scaling or SCALINGS[channels])


def image_input(path: Path | str, input_shape: tuple[int, ...], *, invert: bool = False) -> GivenInput:
    """Look at the size that a picture's header says; its pixels are not unpacked yet.

    Raises:
        FileError: as `read_image` says, but for damage behind the header.
    """
    path = _fitting(path, input_shape)
    with as_file_error(path), path.open("rb") as file, _readable(path):
        taken = _unpacked(file, MODES[input_shape[0]])
    return GivenInput(1, taken, lambda: read_image(path, input_shape, invert=invert))


def _unpacked(file: IO[bytes], mode: str) -> int:
    """Return the bytes of a picture and of the copies that are made of it.

    Pillow holds four bytes of each pixel, but for a band of 8 bits alone. Turned upright a picture is there
    twice, as it is while its mode is changed; what is transparent is there with white and with both together.
    """
    from PIL import Image  # noqa: PLC0415 - see below

    with Image.open(file, formats=("PNG", "JPEG")) as picture:
        pixels = picture.width * picture.height
        if _transparent(picture):
            return 16 * pixels
        return pixels * (2 if picture.mode == mode == "L" else 8)


def _fitting(path: Path | str, input_shape: tuple[int, ...]) -> Path:
    path = existing(path, SUFFIXES)
    if len(input_shape) != 3 or input_shape[0] not in MODES:
        wanted = f"the network's input is {shape_text(input_shape)}"
        raise FileError(path, f"a picture is a map of 1 or 3 channels, {wanted}; give it as a .npy array")
    return path


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Raise one error for the many that Pillow has.

    Raises:
        FileError: Pillow is missing, refuses the size, or cannot read the file.
    """
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - an extra: most runs read no picture
    except ImportError as error:
        raise FileError(path, "pictures need a library: pip install pillow") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Pillow only warns up to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        limit = f"{Image.MAX_IMAGE_PIXELS or 0:,} pixels"
        raise FileError(path, f"has more than {limit}, too many to unpack safely; make it smaller") from error
    except UnidentifiedImageError as error:
        raise FileError(path, "is no PNG or JPEG picture") from error
    except Exception as error:  # decoders meet hostile bytes, and what they may raise is not documented
        reason = shown(str(error) or type(error).__name__)
        raise FileError(path, f"is a damaged picture ({reason})") from error


def _values(file: IO[bytes], mode: str, size: tuple[int, int]) -> Array:
    """Return the resized picture, (height, width, channels) or (height, width), from 0 to 1."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - see above

    with Image.open(file, formats=("PNG", "JPEG")) as picture:
        whole: Image.Image = _eight_bit(picture)
        ImageOps.exif_transpose(whole, in_place=True)
        whole = _opaque(whole)
        # Converted, it would be there twice.
        whole = whole if whole.mode == mode else whole.convert(mode)
        small = whole.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(small, np.float32) / np.float32(255)


def _eight_bit(picture: Image) -> Image:
    """Return a grey picture of 16 bits in 8: Pillow itself would cut off whatever is above 255."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda v: v * (1 / 257) + 0.5).convert("L")


def _opaque(picture: Image) -> Image:
    """Lay a picture with transparent parts on white."""
    from PIL import Image  # noqa: PLC0415 - see above

    if not _transparent(picture):
        return picture
    over = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)


def _transparent(picture: Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _scaled(values: Array, scaling: Scaling) -> Array:
    """Return (1, C, H, W), normalised per channel."""
    planes = values.reshape(*values.shape[:2], -1).transpose(2, 0, 1)
    scaled: Array = (planes - _planes(scaling.mean)) / _planes(scaling.std)
    return scaled[None]


def _planes(numbers: Sequence[float]) -> Array:
    return np.array(numbers, np.float32)[:, None, None]
