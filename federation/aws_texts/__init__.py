"""The texts of AWS, one module for each area of its service. No refusal has a text of its own (ADR 29).

A rule names the text: ``message=aws_texts.saml.EXPIRED``. A text is a constant, or a function of the words that it repeats; whoever calls
bounds and escapes what is foreign. Each has its source as the end of its docstring, which a test reads:

- *Recorded*: in a recorded answer of the service, character for character.
- *Observed*: seen in answers of the service, or quoted from them in many public reports.
- *Documented*: written in the guides of AWS or its API model.
- *Reported*: quoted in single reports or known from other implementations.
- *This project's wording*: what AWS says there is not known.
"""

from federation.aws_texts import authorization, codes, iam, parameters, policies, requests, saml, service, sessions, web_identity

__all__ = ["authorization", "codes", "iam", "parameters", "policies", "requests", "saml", "service", "sessions", "web_identity"]
