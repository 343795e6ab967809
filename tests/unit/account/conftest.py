import json
from pathlib import Path
from typing import Any

import pytest

from federation.account import add_role, add_saml_provider, init_account
from tests.support.account import TRUST, Writer
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A sound account directory with one provider and one role."""
    root = init_account(tmp_path / "account", account_id=ACCOUNT)
    add_saml_provider(root, name="Example", metadata=forge().metadata())
    add_role(root, name="Portal", trust_policy=json.dumps(TRUST))
    return root


@pytest.fixture
def write(directory: Path) -> Writer:
    """Puts a file into the directory: text, octets, or anything else as JSON."""

    def writer(file: str, content: Any) -> Path:
        target = directory / file
        target.parent.mkdir(parents=True, exist_ok=True)
        octets = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else json.dumps(content).encode()
        target.write_bytes(octets)
        return target

    return writer
