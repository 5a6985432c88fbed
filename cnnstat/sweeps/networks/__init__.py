"""A plan -> the network of each number, its parameters and its figures."""
