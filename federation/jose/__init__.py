"""JSON Object Signing and Encryption, as far as signatures need it: strict JSON, base64url, JWK, JWS."""
