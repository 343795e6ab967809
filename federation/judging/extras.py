"""What bulk judging can do where extras are installed."""

from __future__ import annotations

from importlib.util import find_spec

from federation.errors import RegistrationError


def require_arrow(what: str) -> None:
    """Require pyarrow for *what*.

    Raises:
        RegistrationError: Check ``arrow-extra``: it is not installed.
    """
    if find_spec("pyarrow") is None:
        raise RegistrationError(
            check="arrow-extra",
            expected=f"the package pyarrow, which reads and writes {what}",
            found="no such package",
            remedy="install it with `pip install 'sts-federation[arrow]'`, in a checkout with `pip install -e '.[arrow]'`",
        )
