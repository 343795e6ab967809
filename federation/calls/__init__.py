"""The parameters of the operations: declaration, constraints, and checks."""
