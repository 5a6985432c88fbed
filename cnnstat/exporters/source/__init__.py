"""What targets that are source code share: blocks as they are written, beside all their calls."""
