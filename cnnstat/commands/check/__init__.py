"""`cnnstat check`."""
