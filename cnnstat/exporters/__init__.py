"""Graph -> models in the words of other tools."""
