"""Taking over an account from what AWS prints."""

from federation.account.importing.accounts import Imported, import_account

__all__ = ["Imported", "import_account"]
