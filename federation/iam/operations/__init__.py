"""The operations, by what they change."""
