"""Tools for tests: a forge of signed tokens, and the contract for validators.

    from federation.testing import Login, OidcForge, SamlForge, SigningKey, TokenKey, to_base64

SAML responses are signed with signxml, which the extra ``testing`` installs. ID tokens need no extra.
"""

from federation.testing.encryption import Encryption
from federation.testing.forge import Hook, SamlForge, to_base64
from federation.testing.keys import SigningKey
from federation.testing.login import Login, aws_attributes
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES, OidcShape
from federation.testing.shapes import SHAPES, Shape
from federation.testing.signing import Signing

__all__ = [
    "OIDC_SHAPES",
    "SHAPES",
    "Encryption",
    "Hook",
    "Login",
    "OidcForge",
    "OidcShape",
    "SamlForge",
    "Shape",
    "Signing",
    "SigningKey",
    "TokenKey",
    "aws_attributes",
    "to_base64",
]
