"""A sweep in a file."""
