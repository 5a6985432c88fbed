"""`cnnstat import`."""
