"""Adds the second client secret of Cognito to ministack, and corrects its versions of secrets.

The server imports this package before it starts. The package contains no code of ministack: it replaces private functions of
the pinned version by functions that call them, and ends the server if one does not exist.
"""

from . import client_secrets, secret_versions  # noqa: F401
