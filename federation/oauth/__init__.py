"""Opaque OAuth 2.0 access tokens, answered from registered token information."""
