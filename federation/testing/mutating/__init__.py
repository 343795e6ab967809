"""The mutations of tokens, by what they change. `federation.testing.mutator` applies them."""
