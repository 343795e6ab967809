"""Failures of SAML logins that the trust policy refuses."""

from tests.support.failures.logins import SAML_ARN, SIGN_IN, SamlLogin, allow_saml, policy
from tests.support.failures.model import saml
from tests.support.world import ACCOUNT, OTHER

SUBJECT = {"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": "subject-123"}}
STRANGER = {"said": {"subject": "mallory"}}
FOREIGN = (STRANGER,)

FAILURES = (
    saml(
        "saml-action",
        "The policy allows sts:AssumeRole",
        SamlLogin(trust=policy(allow_saml(SUBJECT, Action="sts:AssumeRole"))),
        cause=("sts:AssumeRole", "sts:AssumeRoleWithSAML"),
        old="sts:AssumeRole",
        new="sts:AssumeRoleWithSAML",
        foreign=FOREIGN,
    ),
    saml(
        "saml-action-web",
        "The policy allows sts:AssumeRoleWithWebIdentity",
        SamlLogin(trust=policy(allow_saml(SUBJECT, Action="sts:AssumeRoleWithWebIdentity"))),
        cause=("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
        new="sts:AssumeRoleWithSAML",
        foreign=FOREIGN,
    ),
    saml(
        "saml-principal-name",
        "The policy misspells the SAML provider",
        SamlLogin(trust=policy(allow_saml(SUBJECT, Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/example"}))),
        cause=("saml-provider/example", SAML_ARN),
        old="saml-provider/example",
        new=SAML_ARN,
        foreign=FOREIGN,
    ),
    saml(
        "saml-principal-account",
        "The principal is the SAML provider of another account",
        SamlLogin(trust=policy(allow_saml(SUBJECT, Principal={"Federated": f"arn:aws:iam::{OTHER}:saml-provider/Example"}))),
        cause=(OTHER, ACCOUNT),
        old=OTHER,
        new=SAML_ARN,
        foreign=FOREIGN,
    ),
    saml(
        "saml-aud-is-audience",
        "`saml:aud` with the audience; it is the recipient",
        SamlLogin(trust=policy(allow_saml({"StringEquals": {"SAML:aud": "urn:amazon:webservices", "SAML:sub": "subject-123"}}))),
        cause=("Recipient", "urn:amazon:webservices", SIGN_IN),
        old="urn:amazon:webservices",
        new=SIGN_IN,
        foreign=FOREIGN,
    ),
    saml(
        "saml-aud-region",
        "`saml:aud` with the endpoint of a region, and the recipient is the global one",
        SamlLogin(
            trust=policy(
                allow_saml({"StringEquals": {"SAML:aud": "https://eu-west-1.signin.aws.amazon.com/saml", "SAML:sub": "subject-123"}})
            )
        ),
        cause=("https://eu-west-1.signin.aws.amazon.com/saml", SIGN_IN),
        new=SIGN_IN,
        foreign=FOREIGN,
    ),
    saml(
        "saml-sub-type",
        "`saml:sub_type` with the URN of the format",
        SamlLogin(
            trust=policy(
                allow_saml(
                    {
                        "StringEquals": {
                            "SAML:aud": SIGN_IN,
                            "SAML:sub": "subject-123",
                            "SAML:sub_type": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                        }
                    }
                )
            )
        ),
        cause=("sub_type", "persistent"),
        old="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        new="persistent",
        foreign=FOREIGN,
    ),
    saml(
        "saml-issuer",
        "`saml:iss` with another entity id",
        SamlLogin(
            trust=policy(
                allow_saml(
                    {
                        "StringEquals": {
                            "SAML:aud": SIGN_IN,
                            "SAML:sub": "subject-123",
                            "SAML:iss": "https://idp.example.com/saml/",
                        }
                    }
                )
            )
        ),
        cause=("https://idp.example.com/saml/", "https://idp.example.com/saml"),
        new="https://idp.example.com/saml",
        foreign=FOREIGN,
    ),
    saml(
        "saml-subject-case",
        "`saml:sub` in other upper and lower case",
        SamlLogin(
            trust=policy(allow_saml({"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": "Alice@Example.com"}})),
            said={"subject": "alice@example.com"},
        ),
        cause=("Alice@Example.com", "alice@example.com", "upper and lower case"),
        old="Alice@Example.com",
        new="alice@example.com",
        foreign=FOREIGN,
    ),
    saml(
        "saml-tags",
        "The assertion carries session tags, and the policy does not allow sts:TagSession",
        SamlLogin(
            trust=policy(allow_saml(SUBJECT)),
            attributes={"PrincipalTag:Department": ("Engineering",), "PrincipalTag:CostCenter": ("42",)},
        ),
        cause=("`Department` = `Engineering`", "`CostCenter` = `42`", "sts:TagSession"),
        old="sts:AssumeRoleWithSAML",
        new="sts:TagSession",
        foreign=FOREIGN,
    ),
    saml(
        "saml-source-identity",
        "The assertion carries a source identity, and the policy does not allow sts:SetSourceIdentity",
        SamlLogin(trust=policy(allow_saml(SUBJECT)), attributes={"SourceIdentity": ("alice",)}),
        cause=("`alice`", "sts:SetSourceIdentity"),
        new="sts:SetSourceIdentity",
        foreign=FOREIGN,
    ),
    saml(
        "saml-request-tag",
        "The policy demands a session tag that the assertion has with another value",
        SamlLogin(
            trust=policy(
                allow_saml(
                    {"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": "subject-123", "aws:RequestTag/Department": "Sales"}},
                    Action=["sts:AssumeRoleWithSAML", "sts:TagSession"],
                )
            ),
            attributes={"PrincipalTag:Department": ("Engineering",)},
        ),
        cause=("Engineering", "Sales"),
        new="Engineering",
        foreign=FOREIGN,
    ),
    saml(
        "saml-oidc-key",
        "A condition key of an OpenID Connect provider in the policy of a SAML login",
        SamlLogin(
            trust=policy(allow_saml({"StringEquals": {"SAML:sub": "subject-123", "token.actions.githubusercontent.com:aud": SIGN_IN}}))
        ),
        cause=("token.actions.githubusercontent.com:aud", SAML_ARN),
        old="token.actions.githubusercontent.com:aud",
        new="saml:aud",
        foreign=FOREIGN,
    ),
)
