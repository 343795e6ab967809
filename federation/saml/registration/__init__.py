"""A registered SAML identity provider: its keys, its metadata, and where AWS takes its responses."""
