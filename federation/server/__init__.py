"""The AWS Query wire format in front of the service."""
