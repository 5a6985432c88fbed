"""Which rows are wanted."""
