"""Why a network is not exported."""


class NoExportError(ValueError):
    """A network that another tool's file cannot hold, or a library that is missing to write it."""
