"""Packages that an extra installs. Whoever needs one that is missing gets one refusal, whatever the extra."""

from __future__ import annotations

from importlib.util import find_spec

from federation.check_names import CheckName
from federation.errors import RegistrationError


def require(package: str, *, extra: str, check: CheckName, module: str = "") -> None:
    """Require *package*, which *extra* installs.

    Args:
        package: Its name on an index.
        extra: The extra of this package.
        check: The check of the refusal.
        module: The module that it is asked by; that of its own name when empty.

    Raises:
        RegistrationError: It is not installed.
    """
    try:
        found = find_spec(module or package)
    except ModuleNotFoundError:  # of a package above the module
        found = None
    if found is None:
        raise RegistrationError(
            check=check,
            expected=f"the package {package}",
            found="no such package",
            remedy=f"install it with `pip install 'sts-federation[{extra}]'`, in a checkout with `pip install -e '.[{extra}]'`",
        )
