"""python3-saml: a strict service provider with the identity provider's certificate, that wants signed assertions."""

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from running import read, tell

world = read()
saml = world["saml"]
settings = {
    "strict": True,
    "sp": {"entityId": saml["audience"], "assertionConsumerService": {"url": saml["recipient"]}},
    "idp": {
        "entityId": saml["issuer"],
        "singleSignOnService": {"url": "https://idp.example/sso"},
        "x509cert": saml["certificate"],
    },
    "security": {"wantAssertionsSigned": True, "rejectDeprecatedAlgorithm": True},
}


def judge(token: str, _role: str) -> object:
    request = {
        "https": "on",
        "http_host": "signin.aws.amazon.com",
        "script_name": "/saml",
        "get_data": {},
        "post_data": {"SAMLResponse": token},
    }
    auth = OneLogin_Saml2_Auth(request, settings)
    auth.process_response()
    if auth.get_errors() or not auth.is_authenticated():
        raise ValueError(f"{auth.get_errors()} {auth.get_last_error_reason()}")
    return [auth.get_nameid(), auth.get_attributes()]


tell(["python3-saml", "xmlsec", "lxml"], {"saml": judge}, world)
