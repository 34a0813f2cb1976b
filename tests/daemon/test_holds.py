"""While a hold stands no original is let go: whatever the budget, in this run and in the next, and where it starts at the last moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.evening import Evening
from support.imagefiles import png
from support.prov import Near

from provenance import facts
from provenance.config import Config, Home
from provenance.daemon import holding
from provenance.daemon.house import House, open_house
from provenance.daemon.known import Known
from provenance.daemon.originals import Originals
from provenance.daemon.recorder import Recorder
from provenance.errors import BadInput
from provenance.views.holding import standing_in


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Evening(tmp_path) as evening:
        for number in range(4):
            data = png({}, seed=number)
            evening.house.blobs.put_original(data, hashlib.sha256(data).hexdigest())
            evening.at(number).save(f"{number}.png", data)
        yield evening.house


def originals(house: House) -> Originals:
    """As the recorder has it, with a budget that is used up."""
    one = Originals(house.blobs, Known(house.views, house.ledger), 1, lambda: bool(standing_in(house.ledger)))
    one._budget = one._used // 2
    return one


def there(house: House) -> int:
    return len(list(house.blobs.originals()))


def test_nothing_is_dropped_while_a_hold_stands_and_again_when_it_is_ended(house: House) -> None:
    first, before = holding.start(house, "letter before action")
    assert before is None
    one = originals(house)
    assert one.over() and one.kept_over() and list(one.drop()) == [] and there(house) == 4
    second, earlier = holding.start(house, "a second dispute")
    assert earlier is not None and earlier.seq == first.seq
    with pytest.raises(BadInput) as caught:
        holding.end(house, None, "")
    assert caught.value.key == "hold.several"
    assert holding.end(house, second.seq, "")[1] == 1
    assert list(originals(house).drop()) == [], "the first one stands"
    holding.end(house, None, "settled")
    one = originals(house)
    drops = tuple(one.drop())
    assert drops and not one.kept_over()
    one.remove(house.tell(*drops))
    assert there(house) == 4 - len(drops)


def test_a_hold_that_starts_while_a_drop_is_written_keeps_the_bytes(house: House) -> None:
    one = originals(house)
    entries = house.tell(*one.drop())
    assert entries
    house.tell(facts.HoldStarted(why="now"))
    one.remove(entries)
    assert there(house) == 4


def test_the_next_run_of_the_recorder_learns_of_it_from_the_ledger(house: House) -> None:
    holding.start(house, "letter before action")
    with_home = open_house(house.home, house.clock)
    try:
        recorder = Recorder(with_home, with_home.config.roots)
        recorder._originals._budget = recorder._originals._used // 2
        assert recorder._originals.over() and list(recorder._originals.drop()) == []
        house.tell(facts.HoldEnded(hold=standing_in(house.ledger)[0].seq))
        assert list(recorder._originals.drop()), "and of its end, too, without a restart"
    finally:
        with_home.close()


def test_status_and_show_tell_of_it(tmp_path: Path) -> None:
    from provenance.daemon.house import create

    create(Home(tmp_path / "home"), Config(roots=(str(tmp_path),))).close()
    prov = Near(tmp_path / "home")
    assert prov.lines("status", "--json")[0]["holds"] == [] and "no hold" in prov.ok("hold", "show")
    (started,) = prov.lines("hold", "start", "--why", "letter of 3 May", "--json")
    (status,) = prov.lines("status", "--json")
    assert [one["seq"] for one in status["holds"]] == [started["seq"]] and status["kept_over"] is False
    assert "no original is let go" in prov.ok("status")
    (ended,) = prov.lines("hold", "end", "--why", "settled", "--json")
    assert (ended["hold"], ended["left"]) == (started["seq"], 0)
    (row,) = prov.lines("hold", "show", "--json")
    assert (row["seq"], row["ended"], row["why"]) == (started["seq"], ended["at"], "letter of 3 May")
    assert prov.lines("status", "--json")[0]["holds"] == []
