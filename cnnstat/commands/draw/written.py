"""A picture as the content of a file, or the reason why there can be none as the end of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.cli.output import Undone

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Picture
    from cnnstat.commands.draw.placed import Direction


def content_of(picture: Picture, form: str, direction: Direction = "down", style: str = "graph") -> bytes:
    """Return the content of a file.

    Raises:
        Undone: a library is missing, or the picture is too large.
    """
    from cnnstat.commands.draw.formats import content  # noqa: PLC0415 - the layout is for files alone
    from cnnstat.commands.draw.layout import TooLargeError  # noqa: PLC0415
    from cnnstat.commands.draw.libraries import NoLibraryError  # noqa: PLC0415

    try:
        return content(picture, form, direction, style)
    except NoLibraryError as error:
        raise Undone(str(error)) from None
    except TooLargeError as error:
        raise Undone(f"{error}; --depth folds blocks, --to dot leaves the layout to others") from None
