"""Why a network is not run; commands make messages and exit codes of it."""


class RefusedError(Exception):
    """A run that cannot be as asked."""


class TooLargeError(RefusedError):
    """A run that takes more memory than there is: in words, what it ``needs`` and what is ``there``.

    Callers of a run have other ways out of it.
    """

    def __init__(self, needs: str, there: str, way_out: str) -> None:
        self.needs, self.there = needs, there
        super().__init__(f"{needs}, and {there}; {way_out}")


class DisprovedError(Exception):
    """A layer that fits by calculation and cannot be run."""
