"""Questions that people ask, answered from the views: which picture, which work, what is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provenance.errors import BadInput
from provenance.views.decided import current
from provenance.views.store import Views

Row = dict[str, Any]


def by_hash(views: Views, start: str) -> list[str]:
    """The hashes of recorded files that begin with `start` (4 or more hex digits), at most 20."""
    rows = views.ask(
        "SELECT DISTINCT sha256 FROM versions WHERE sha256 >= :low AND sha256 < :high ORDER BY sha256 LIMIT 20", low=start, high=start + "g"
    )
    return [row["sha256"] for row in rows]


def by_entry(views: Views, seq: int) -> list[str]:
    """The hash of the file that entry `seq` is about."""
    rows = views.ask("SELECT sha256 FROM versions WHERE seq = :seq UNION SELECT sha256 FROM moves WHERE seq = :seq", seq=seq)
    return [row["sha256"] for row in rows]


def by_place(views: Views, path: str) -> list[str]:
    """The hash of what last stood at a full path."""
    return [row["sha256"] for row in views.ask("SELECT sha256 FROM places WHERE path = :path", path=path) if row["sha256"]]


def by_name(views: Views, name: str) -> list[str]:
    """The hashes of files that stand somewhere under a bare name now, at most 20."""
    return [row["sha256"] for row in views.ask("SELECT DISTINCT sha256 FROM places WHERE name = :name AND here = 1 LIMIT 20", name=name)]


def versions(views: Views, sha256: str) -> list[Row]:
    """Every entry that records these bytes, in order."""
    return views.ask("SELECT * FROM versions WHERE sha256 = :sha256 ORDER BY seq", sha256=sha256)


def about(views: Views, sha256: str) -> dict[str, list[Row]]:
    """Everything that the views hold of one picture, table by table, in the order of the entries."""
    questions = {
        "versions": "SELECT * FROM versions WHERE sha256 = :sha256 ORDER BY seq",
        "places": "SELECT * FROM places WHERE sha256 = :sha256 AND here = 1 ORDER BY path",
        "moves": "SELECT * FROM moves WHERE sha256 = :sha256 ORDER BY seq",
        "losses": "SELECT * FROM losses WHERE sha256 = :sha256 ORDER BY seq",
        "described": "SELECT * FROM described WHERE sha256 = :sha256",
        "projects": "SELECT * FROM projects WHERE sha256 = :sha256",
        "edits": "SELECT * FROM edit_maps WHERE child = :sha256 ORDER BY seq",
        "overlays": "SELECT * FROM input_overlays WHERE output = :sha256 ORDER BY seq",
        "drawings": "SELECT * FROM drawings WHERE sha256 = :sha256 ORDER BY seq",
        "bindings": "SELECT * FROM bindings WHERE picture = :sha256 ORDER BY of, n",
        "decisions": "SELECT * FROM decisions WHERE sha256 = :sha256 ORDER BY seq",
        "notes": "SELECT * FROM notes WHERE sha256 = :sha256 ORDER BY seq",
        "conversations": "SELECT * FROM conversations WHERE sha256 = :sha256 ORDER BY seq",
        "declared": "SELECT * FROM declared WHERE sha256 = :sha256 ORDER BY seq",
        "works": "SELECT w.*, i.seq AS filed FROM work_items i JOIN works w ON w.work = i.work WHERE i.sha256 = :sha256 ORDER BY i.seq",
    }
    found = {name: views.ask(sql, sha256=sha256) for name, sql in questions.items()}
    found["sidecars"] = sidecars(views, [row["path"] for row in (*found["versions"], *found["places"])])
    for row in found["sidecars"]:
        found["bindings"] += views.ask(questions["bindings"], sha256=row["sha256"])
    return found


def sidecars(views: Views, paths: Sequence[str]) -> list[Row]:
    """File entries of the files beside a picture (`<stem>.txt`, `.json`, `.swarm.json`) in which a generator's data was read."""
    pictures = [path.rsplit(".", 1)[0] for path in paths if not path.lower().endswith((".txt", ".json"))]
    beside = dict.fromkeys(stem + ending for stem in pictures for ending in (".txt", ".json", ".swarm.json"))
    found = [row for path in beside for row in views.ask("SELECT * FROM versions WHERE path = :p AND parsed = 'read' ORDER BY seq", p=path)]
    return sorted(found, key=lambda row: row["seq"])


def entries_of(found: dict[str, list[Row]], *, models: bool = True) -> list[int]:
    """The numbers of all entries that `about` rests on, in order and once; those about its model files only if `models`."""
    keys = ("seq", "filed", "of", "seen") if models else ("seq", "filed", "of")
    return sorted({row[key] for rows in found.values() for row in rows for key in keys if row.get(key) is not None})


def find(
    views: Views,
    *,
    text: Sequence[str] = (),
    model: str = "",
    lora: str = "",
    since: str = "",
    until: str = "",
    limit: int = 50,
) -> list[Row]:
    """Pictures by their words, newest first.

    Args:
        text: words that must all stand in the prompt (case is ignored for ASCII). model, lora: part of a name. since, until: stamps.
    """
    where, values = ["1 = 1"], dict[str, Any](limit=limit)
    for n, word in enumerate(text):
        where.append(f"r.prompt LIKE :w{n} ESCAPE '!'")
        values[f"w{n}"] = _like(word)
    for kind, name in (("model", model), ("lora", lora)):
        if name:
            where.append(f"EXISTS (SELECT 1 FROM uses u WHERE u.seq = v.seq AND u.kind = '{kind}' AND u.name LIKE :{kind} ESCAPE '!')")
            values[kind] = _like(name)
    if since:
        where.append("v.at >= :since")
        values["since"] = since
    if until:
        where.append("v.at < :until")
        values["until"] = until
    sql = (
        "SELECT v.seq, v.at, v.kind, v.sha256, v.path, v.name, r.generator, r.prompt, r.negative, r.seeds FROM versions v "
        f"LEFT JOIN readings r ON r.seq = v.seq WHERE {' AND '.join(where)} ORDER BY v.seq DESC LIMIT :limit"
    )
    return views.ask(sql, **values)


def _like(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"


def works(views: Views) -> list[Row]:
    """All works with how many pictures are filed in each."""
    return views.ask("SELECT w.*, (SELECT count(*) FROM work_items i WHERE i.work = w.work) AS pictures FROM works w ORDER BY w.seq")


def work(views: Views, ref: str) -> Row:
    """A work by its name or by the beginning of its id.

    Raises:
        BadInput: `work.unknown`, or `work.ambiguous` when the name fits several.
    """
    found = views.ask("SELECT * FROM works WHERE name = :ref ORDER BY seq", ref=ref)
    if not found and len(ref) >= 4:
        found = views.ask("SELECT * FROM works WHERE work >= :low AND work < :high ORDER BY seq", low=ref, high=ref + "g")
    if not found:
        raise BadInput("work.unknown", work=ref)
    if len(found) > 1:
        raise BadInput("work.ambiguous", work=ref)
    return found[0]


def filed(views: Views, work_id: str) -> list[Row]:
    """The pictures of a work, with the latest decision about each."""
    return views.ask(
        "SELECT i.sha256, i.seq, i.at, (SELECT name FROM versions v WHERE v.sha256 = i.sha256 ORDER BY v.seq LIMIT 1) AS name, "
        f"{current('i.sha256')} AS decision "
        "FROM work_items i WHERE i.work = :work ORDER BY i.seq",
        work=work_id,
    )
