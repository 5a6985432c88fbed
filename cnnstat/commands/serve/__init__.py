"""`cnnstat serve`."""
