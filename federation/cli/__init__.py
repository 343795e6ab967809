"""The command line: one module per verb. It contains no rules of validation or authorization."""
