"""The only place where the calculator and the executor meet."""
