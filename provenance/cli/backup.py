"""`prov backup FOLDER`: the home, whole and checked, on another disk; while the recorder runs."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import config, words
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.errors import BadInput


@cli_command("backup")
@click.argument("folder", type=click.Path(file_okay=False), metavar="FOLDER")
@click.option("--with-keys", "keys", is_flag=True, help=help_of("cli.backup.with-keys"))
@click.option("--no-originals", "bare", is_flag=True, help=help_of("cli.backup.no-originals"))
@click.option("--check", "check_only", is_flag=True, help=help_of("cli.backup.check"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(folder: str, keys: bool, bare: bool, check_only: bool, as_json: bool) -> int:
    if check_only:
        if keys or bare:
            raise BadInput("backup.check-alone")
        return check(Path(folder), as_json=as_json)
    return make(Path(folder), keys=keys, originals=not bare, as_json=as_json)


def check(folder: Path, *, as_json: bool) -> int:
    """Verify a backup where it lies."""
    from provenance.bundle.backup_verify import verify_backup
    from provenance.cli.verify import as_object, show

    with out.progress(words.say("cli.verify.bar", words.language()), 0) as bar:
        manifest, verdict = verify_backup(folder, bar.reach)
    if as_json:
        out.json_line({
            **as_object("backup", folder, verdict), "log": manifest.log, "made_at": manifest.made_at, "size": manifest.size,
            "keys": manifest.keys, "originals": manifest.originals,
        })
    else:
        show("backup", folder, verdict)
        out.say("cli.backup.of", "quiet", at=manifest.made_at[:19].replace("T", " "), size=manifest.size, log=manifest.log)
    return verdict.exit_code


def make(folder: Path, *, keys: bool, originals: bool, as_json: bool) -> int:
    """Back up; exit code 3 where blobs that entries name are not in it."""
    from provenance.daemon.backup import back_up

    with out.progress(words.say("cli.backup.bar", words.language()), 0) as bar:
        done = back_up(config.home(), folder, keys=keys, originals=originals, step=bar.reach)
    manifest = done.manifest
    lacking = sorted({*manifest.missing, *manifest.damaged})
    if as_json:
        out.json_line({
            "path": str(folder), "log": manifest.log, "size": manifest.size, "root": manifest.root, "made_at": manifest.made_at,
            "new_entries": manifest.size - (done.before or 0), "blobs": done.blobs, "copied": done.copied,
            "copied_bytes": done.copied_bytes, "missing": list(manifest.missing), "damaged": list(manifest.damaged),
            "keys": manifest.keys, "originals": manifest.originals,
        })
        return 3 if lacking else 0
    out.say("cli.backup.done", "good", path=str(folder), size=manifest.size, new=manifest.size - (done.before or 0))
    out.say("cli.backup.blobs", "quiet", copied=done.copied, all=done.blobs)
    if not manifest.keys:
        out.say("cli.backup.no-key", "strong")
    elif done.key_locked:
        out.say("cli.backup.key-locked", "strong")
    else:
        out.say("cli.backup.key", "strong")
    if keys and (config.home().keys / "next-key.txt").exists():
        out.say("cli.backup.apart", "quiet")
    if done.key_gone:
        out.say("cli.backup.key-gone", "bad")
    if not originals:
        out.say("cli.backup.bare", "quiet")
    for sha in lacking[:20]:
        out.say("cli.backup.lacking", "bad", sha256=sha)
    if len(lacking) > 20:
        out.say("cli.backup.more", "bad", count=len(lacking) - 20)
    return 3 if lacking else 0
