"""The world of the tests: its accounts, names, keys and instants, each written once.

It is the world of `fixtures/`: an account that trusts one SAML provider and GitHub, and its neighbour.
"""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from federation.account import Keyring

ACCOUNT = "123456789012"
OTHER = "111122223333"
"""The neighbour's account."""
ISSUED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""When the tokens of `fixtures/` were issued."""
JUDGED = ISSUED + timedelta(seconds=30)
"""When the examples judge them."""
JUDGED_TEXT = "2026-11-24T12:00:30Z"
"""The same for a command line."""
CALLED = JUDGED + timedelta(milliseconds=250)
"""When an operation of STS is called: an instant between two seconds."""
SAML_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/SAML-test"
SAML_ROLE = f"arn:aws:iam::{ACCOUNT}:role/TestSaml"
USER = f"arn:aws:iam::{ACCOUNT}:user/DevAdmin"
KEY_ID = "AKIARZPUZDIKGB2VALC4"
"""The long-term key of `USER`."""
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
"""The secret key of AWS's own examples."""
KEYRING = Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(range(32))}))
GITHUB = "token.actions.githubusercontent.com"
