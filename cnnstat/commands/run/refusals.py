"""Why a run ends without a document; `command` makes messages and exit codes of it."""


class RefusedError(Exception):
    """A run that cannot be as asked."""


class DisprovedError(Exception):
    """A layer that fits by calculation and cannot be run."""
