"""`cnnstat flops`."""
