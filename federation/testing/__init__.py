"""For tests of anything that federates: a token forge and the contract every validator must meet."""
