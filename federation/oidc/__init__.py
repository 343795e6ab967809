"""OpenID Connect ID tokens: from the compact JWS to a proved identity."""
