"""The road from the octets of a response to its proved assertion: one way through, with two engines.

The fast engine proposes what a response says; only what a registered key signed goes on. Where it steps aside, the Python engine judges.
"""
