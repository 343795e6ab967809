"""Who calls a signed operation: users, root, sessions of every kind, with all that decides what they may do."""
