"""The system's keychain: a secret that opens the key file, and the last signed head, outside the home.

macOS Keychain, Windows Credential Locker, Secret Service or KWallet, through `keyring`, which is loaded only when it is asked for: on some
systems a question to the keychain may open a window, so that no command asks it that need not.
"""

from __future__ import annotations

from typing import Protocol

from provenance.errors import Unavailable

SERVICE = "creative-provenance"


class Vault(Protocol):
    """A place for small secrets, by name."""

    def get(self, name: str) -> str | None:
        """What was put there, or None. Raises Unavailable `seal.keychain` where it is locked or does not answer."""

    def put(self, name: str, value: str) -> None:
        """Keep a text. Raises Unavailable `seal.keychain`."""

    def drop(self, name: str) -> None:
        """Forget it, if it is there. Raises Unavailable `seal.keychain`."""


class Keychain:
    """The vault that `keyring` reaches."""

    def get(self, name: str) -> str | None:
        """See Vault."""
        import keyring

        try:
            return keyring.get_password(SERVICE, name)
        except Exception as error:  # each backend has errors of its own (D-Bus, Win32, a window that was closed)
            raise Unavailable("seal.keychain", why=_why(error)) from error

    def put(self, name: str, value: str) -> None:
        """See Vault."""
        import keyring

        try:
            keyring.set_password(SERVICE, name, value)
        except Exception as error:
            raise Unavailable("seal.keychain", why=_why(error)) from error

    def drop(self, name: str) -> None:
        """See Vault."""
        import keyring

        try:
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)
        except Exception as error:
            raise Unavailable("seal.keychain", why=_why(error)) from error


def keychain() -> Vault | None:
    """The system's keychain, or None where there is none worth the name: a machine without a desktop, or a backend that keeps secrets in
    a plain file, which would be a decoration."""
    try:
        import keyring

        backend = keyring.get_keyring()
        module = type(backend).__module__
        real = not module.startswith(("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")) and backend.priority > 0
    except Exception:  # no keyring, or none of its backends can be loaded here: the key then lies in a file, and that is said
        return None
    return Keychain() if real else None


def tried(vault: Vault | None) -> Vault | None:
    """The vault if it gives back what is put into it, else None: one that is locked or read-only is found out before it is relied on."""
    if vault is None:
        return None
    try:
        vault.put("trial", "trial")
        good = vault.get("trial") == "trial"
        vault.drop("trial")
    except Unavailable:
        return None
    return vault if good else None


def _why(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:200]
