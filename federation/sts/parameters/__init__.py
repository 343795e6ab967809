"""The parameters of the operations: how one is declared, what it must satisfy, and what is read from its declaration."""
