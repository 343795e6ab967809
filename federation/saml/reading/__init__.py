"""The assertion and its envelope as typed values, read once and strictly."""
