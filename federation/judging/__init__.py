"""Tokens that were captured, re-judged in bulk: what each is, whose it is, and what the account says of it at its instant."""
