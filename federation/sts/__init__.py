"""The operations of the Security Token Service."""
