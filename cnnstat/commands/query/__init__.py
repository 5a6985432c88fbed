"""`cnnstat query`."""
