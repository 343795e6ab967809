"""What an account holds (providers, roles, users, policies) and the plain files it is kept in."""
