"""`cnnstat list`."""
