"""The executor, in NumPy only: kernels, networks that run, and what is measured on them. It shares no code
with the calculator, for that independence is the proof."""
