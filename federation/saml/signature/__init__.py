"""XML signatures: their shape, their algorithms, and the types that hold what one proved."""
