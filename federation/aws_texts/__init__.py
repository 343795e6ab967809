"""The texts of AWS, one module for each area of the service.

A rule names the text with which it refuses: ``message=aws_texts.saml.EXPIRED``. A text is a constant, or a function of the words of the
request or the account that it repeats.
"""

from federation.aws_texts import saml, web_identity

__all__ = ["saml", "web_identity"]
