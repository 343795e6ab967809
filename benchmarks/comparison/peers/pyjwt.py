"""PyJWT: `jwt.decode` with algorithm, audience, issuer and the claims that must be there."""

import jwt
from running import read, tell

world = read()
oidc = world["oidc"]
keys = jwt.PyJWKSet.from_dict(oidc["jwks"])


def judge(token: str, _role: str) -> object:
    key = keys[jwt.get_unverified_header(token)["kid"]]
    required = {"require": ["exp", "iat", "iss", "sub", "aud"]}
    return jwt.decode(token, key, algorithms=["RS256"], audience=oidc["audience"], issuer=oidc["issuer"], options=required)


tell(["PyJWT", "cryptography"], {"oidc": judge}, world)
