"""Changing an account directory. What is written has first been read the way `load_account` will read it."""
