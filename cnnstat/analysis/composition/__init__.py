"""Networks put together from pieces: a block is a function of its parameters and of the shapes it reads.

`steps` says which entries of a list stand there and what each reads, `compose` makes a `piece` of each
distinct block and layer once, `alive` and `fields_within` say of pieces put together which memory they hold
and what of the input their units see. What composition does not follow exactly is `Beyond` it, and is left to
the walk.
"""
