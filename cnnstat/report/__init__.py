"""Analysis -> Report -> text: titled columns, and one renderer per format."""
