"""Sweeps over networks: what `sweep`, `query` and `fit` are made of."""
