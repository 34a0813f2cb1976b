"""Every command, in the order of an evening: one file each, loaded only when it is called."""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "init": "provenance.cli.init",
    "watch": "provenance.cli.watch",
    "start": "provenance.cli.start",
    "stop": "provenance.cli.stop",
    "status": "provenance.cli.status",
    "import": "provenance.cli.import_",
    "note": "provenance.cli.note",
    "add-conversation": "provenance.cli.add_conversation",
    "keep": "provenance.cli.keep",
    "reject": "provenance.cli.reject",
    "work": "provenance.cli.work",
    "log": "provenance.cli.log",
    "show": "provenance.cli.show",
    "find": "provenance.cli.find",
    "read": "provenance.cli.read",
    "key": "provenance.cli.key",
    "export": "provenance.cli.export",
    "verify": "provenance.cli.verify",
    "time": "provenance.cli.time",
    "witness": "provenance.cli.witness",
    "backup": "provenance.cli.backup",
    "restore": "provenance.cli.restore",
    "ledger": "provenance.cli.ledger",
    "demo": "provenance.cli.demo",
    "doctor": "provenance.cli.doctor",
}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cli.group.record", ("init", "watch", "start", "stop", "status", "import")),
    ("cli.group.person", ("note", "add-conversation", "keep", "reject", "work")),
    ("cli.group.look", ("log", "show", "find", "read")),
    ("cli.group.hand", ("key", "export", "verify", "time", "witness")),
    ("cli.group.safe", ("backup", "restore", "ledger")),
    ("cli.group.help", ("demo", "doctor")),
)
