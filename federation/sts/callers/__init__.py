"""Callers of signed operations: users, roots and sessions, with the policies that decide what they may do."""
