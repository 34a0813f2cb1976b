"""`prov time now | request | accept | check`: asking at once, asking by hand, checking again."""

from __future__ import annotations

import time
from pathlib import Path

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.cli.time_said import span, when
from provenance.daemon import anchoring, patience
from provenance.daemon.anchoring import Head
from provenance.daemon.calendars import Kept
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError, Unavailable
from provenance.facts import TimeAttested, TimePromised
from provenance.seal.authorities import Authority

PERSON_SECONDS = 15


@cli_command("time.now")
@as_json
def now(as_json: bool) -> int:
    from provenance.daemon.sealing import sign_now
    from provenance.daemon.timing import Outcome, Timekeeper

    with at_home() as house:
        settings = house.config.time
        if not settings.use:
            raise BadInput("time.off")
        keeper = Timekeeper(house)
        chosen = [anchoring.named(house.home, settings, name) for name in settings.use]
        sign_now(house, "asked")
        head = _head(house, None)
        wanted = keeper.missing(head, chosen)
        outcomes: list[Outcome] = []
        for one in sorted(wanted, key=_rest):
            pause = patience.resting(patience.read(house.home.asked).get(one.name), _rest(one), house.clock())
            if pause and not as_json:
                out.say("cli.time.rests", "quiet", name=one.name, seconds=round(pause + 0.5))
            time.sleep(pause)
            outcomes += keeper.request(head, [one])
        made = {outcome.seq for outcome in outcomes}
        visited = [one for one in keeper.upgrade([one for one in chosen if one.calendar]) if one.promise.seq not in made]
    for outcome in outcomes:
        _tell(outcome.fact, outcome.authority.name, outcome.seq, outcome.error, as_json=as_json)
    for kept in visited:
        _tell_block(kept, as_json=as_json)
    if not wanted and not as_json:
        out.say("cli.time.nothing-new", "quiet", size=head.size)
    return 3 if any(outcome.error for outcome in outcomes) else 0


def _rest(one: Authority) -> int:
    """A calendar's rest is for a recorder that runs all day; a person who asks once does not wait for an hour."""
    return min(one.rest, PERSON_SECONDS) if one.calendar else one.rest


def _tell_block(kept: Kept, *, as_json: bool) -> None:
    fact, error = kept.fact, kept.error
    if fact is None and error is not None and error.key == "time.pending":
        return  # nothing happened, and nothing is wrong
    if as_json:
        said = {"seq": kept.seq, "block": fact.block, "size": fact.size, "token": fact.token} if fact else {}
        told = {"error": error.key, "text": words.say(error.key, words.language(), **error.params)} if error else {}
        out.json_line({"authority": fact.authority if fact else "", "promise": kept.promise.seq, **said, **told})
    elif fact is not None:
        out.say("cli.time.committed", authority=fact.authority, block=fact.block, size=fact.size, seq=kept.seq)
    elif error is not None:
        out.echo(f"#{kept.promise.seq}: {words.say(error.key, words.language(), **error.params)}", "bad")


def _tell(fact: TimeAttested | TimePromised | None, name: str, seq: int, error: ProvError | None, *, as_json: bool) -> None:
    lang = words.language()
    if as_json:
        told = {"error": error.key, "text": words.say(error.key, lang, **error.params)} if error else {}
        timed = {"time": fact.time, "trusted": fact.trusted} if isinstance(fact, TimeAttested) else {}
        said = {"seq": seq, **timed, "size": fact.size, "token": fact.token} if fact else {}
        out.json_line({"authority": name, **said, **told})
    elif error is not None:
        out.echo(f"{words.visible(name)}: {words.say(error.key, lang, **error.params)}", "bad")
    elif isinstance(fact, TimePromised):
        out.say("cli.time.promised", authority=name, size=fact.size, seq=seq)
    elif fact is not None:
        key = "cli.time.attested" if fact.trusted else "cli.time.kept-unchecked"
        out.say(key, "good" if fact.trusted else "", authority=name, at=when(fact.time), size=fact.size, seq=seq)


def _head(house: House, size: int | None) -> Head:
    """The newest signed head, or the one over `size` entries. Raises BadInput `time.no-head`."""
    found = anchoring.newest_head(house) if size is None else next((h for h in anchoring.heads(house) if h.size == size), None)
    if found is None:
        raise BadInput("time.no-head", size="" if size is None else str(size))
    return found


@cli_command("time.request")
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help=help_of("cli.time.request.output"))
@click.option("--size", type=int, help=help_of("cli.time.request.size"))
def request(target: Path, size: int | None) -> None:
    from provenance.daemon.sealing import sign_now
    from provenance.seal import timestamp

    with at_home() as house:
        if size is None:
            sign_now(house, "asked")
        head = _head(house, size)
    try:
        with target.open("xb") as file:
            # no number of ours in it: whatever answer is made over this head, today or after asking again, fits
            file.write(timestamp.query(bytes.fromhex(head.covers), None))
    except FileExistsError as error:
        raise BadInput("time.file-exists", path=str(target)) from error
    except OSError as error:
        raise Unavailable("file.trouble", path=str(target), why=error.strerror or "") from error
    out.say("cli.time.request.done", "good", path=str(target), size=head.size)
    out.say("cli.time.request.hash", sha256=head.covers)


@cli_command("time.accept")
@click.argument("answer", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--authority", "name", metavar="NAME", help=help_of("cli.time.accept.authority"))
@as_json
def accept(answer: Path, name: str | None, as_json: bool) -> None:
    from provenance.seal import timestamp

    try:
        with answer.open("rb") as file:
            raw = file.read(timestamp.MAX_TOKEN + 1)
    except OSError as error:
        raise BadInput("file.unreadable", path=str(answer), why=error.strerror or "") from error
    token = timestamp.wrapped(raw)
    covers = timestamp.imprint_in(token).hex()
    with at_home() as house:
        head = next((head for head in anchoring.heads(house) if head.covers == covers), None)
        if head is None:
            raise BadInput("time.other-head", covers=covers)
        fact = _judged(house, token, head, name)
        rows = house.views.ask("SELECT seq FROM anchors WHERE token = :token", token=fact.token)
        if rows:
            raise BadInput("time.known", seq=rows[0]["seq"])
        seq = anchoring.write_down(house, token, fact)
    _tell(fact, fact.authority, seq, None, as_json=as_json)


def _judged(house: House, token: bytes, head: Head, name: str | None) -> TimeAttested:
    """The fact, by the named authority, else by the one whose pinned root the token leads to. Raises BadInput `time.*`."""
    settings = house.config.time
    if name is not None and anchoring.named(house.home, settings, name).calendar:
        raise BadInput("time.whose")
    if name is not None:
        return anchoring.attested(anchoring.named(house.home, settings, name), token, head)
    for known in anchoring.names(settings):
        try:
            fact = anchoring.attested(anchoring.named(house.home, settings, known), token, head)
        except BadInput:
            continue
        if fact.trusted:
            return fact
    raise BadInput("time.whose")


@cli_command("time.check")
@click.option("--block-headers", "headers", type=click.Path(path_type=Path), metavar="FILE", help=help_of("cli.time.check.headers"))
@as_json
def check(headers: Path | None, as_json: bool) -> int:
    from provenance.daemon.rechecking import named_blocks, recheck

    bad = count = 0
    with at_home(read_only=True) as house:
        for found in recheck(house, _headers(headers, named_blocks(house)) if headers else None):
            bad, count = bad + (found.state == "bad"), count + 1
            text = words.say(found.key, words.language(), **found.params)
            if as_json:
                out.json_line({"seq": found.seq, "authority": found.authority, "time": found.time, "state": found.state, "why": found.key,
                               "clock_ms": found.clock_ms})  # fmt: skip
            else:
                mark = {"good": out.styled("ok  ", "good"), "open": out.styled("?   ", "strong"), "bad": out.styled("BAD ", "bad")}
                at = when(found.time) if found.time else "-"
                out.echo(f"{mark[found.state]}  #{found.seq}  {at}  {words.visible(found.authority)}  {text}")
                if found.clock_ms:
                    key = "cli.time.clock-ahead" if found.clock_ms > 0 else "cli.time.clock-behind"
                    out.say(key, "strong", span=span(max(1, abs(found.clock_ms) // 1000)))
    if not count and not as_json:
        out.say("cli.time.no-token", "quiet")
    return 1 if bad else 0


def _headers(path: Path, wanted: frozenset[int]) -> dict[int, bytes]:
    """The block headers of a file that the ledger's proofs name. Raises BadInput `file.unreadable`, `time.header`."""
    from provenance.seal import blocks

    try:
        with path.open(encoding="ascii", errors="replace") as lines:
            return blocks.read(iter(lambda: lines.readline(blocks.LONGEST_LINE + 1), ""), wanted)
    except OSError as error:
        raise BadInput("file.unreadable", path=str(path), why=error.strerror or "") from error
