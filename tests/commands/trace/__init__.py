"""Tests of `cnnstat trace`."""
