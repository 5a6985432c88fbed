"""Networks as files of other tools: a graph, its shapes and its numbers become a model that they read."""
