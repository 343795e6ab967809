"""The command line: one module per verb, no rules of its own."""
