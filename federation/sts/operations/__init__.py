"""The signed operations, one module for each family."""
