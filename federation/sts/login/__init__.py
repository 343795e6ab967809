"""From a proved identity to a role session: what the login asks, and what the trust policy decides."""
