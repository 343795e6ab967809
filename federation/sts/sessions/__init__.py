"""Sessions and the sealed tokens that carry them."""
