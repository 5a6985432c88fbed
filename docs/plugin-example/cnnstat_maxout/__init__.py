"""Maxout layers for cnnstat: the layer type, its kernel, its trace, a rule and a report format."""
