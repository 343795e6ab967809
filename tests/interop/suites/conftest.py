"""One account for each module: what moto's and LocalStack's suites for IAM and STS look at, in words of our own."""

import pytest

from tests.support.in_process import InProcess


@pytest.fixture(scope="module")
def aws() -> InProcess:
    return InProcess()
