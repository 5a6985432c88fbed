"""`cnnstat fit`."""
