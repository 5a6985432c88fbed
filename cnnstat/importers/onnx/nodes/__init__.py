"""The nodes of a model and their values, as far as they are known before anything runs."""
