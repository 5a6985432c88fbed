"""Maxout layers for cnnstat: the layer type, its kernel, a rule and a report format."""
