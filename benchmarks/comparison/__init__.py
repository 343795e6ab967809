"""What other projects make of the same tokens: genuine ones, forged ones, and genuine ones in the wrong place or at the wrong time."""
