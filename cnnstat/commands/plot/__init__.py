"""`cnnstat plot`."""
