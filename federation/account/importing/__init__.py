"""Import of an account from the output of the AWS CLI."""

from federation.account.importing.accounts import Imported, import_account

__all__ = ["Imported", "import_account"]
