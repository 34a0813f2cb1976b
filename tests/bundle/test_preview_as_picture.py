"""A person may take a preview out of a bundle and lay it among the pictures: the bytes are then a preview and an original at once."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from support.prov import Near

from provenance.ledger.blobs import Blobs


def test_a_preview_that_is_a_picture_of_the_work_too(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.effect_noise((640, 400), 60).convert("RGB").save(pictures / "large.png")
    prov = Near(tmp_path / "home")
    prov.ok("init", str(pictures))
    prov.ok("import", str(pictures))
    prov.ok("work", "new", "Large", str(pictures / "large.png"))
    prov.ok("export", "--no-pdf", "--no-film", "Large", "-o", str(tmp_path / "first.zip"))
    (described,) = [line for line in prov.lines("log", "--json") if line["kind"].startswith("file.described/")]
    preview = described["open"]["preview"]
    small = pictures / "small.jpg"
    small.write_bytes(Blobs(tmp_path / "home" / "blobs").get(preview))
    prov.ok("import", str(pictures))
    prov.ok("work", "add", "Large", str(small))
    prov.ok("export", "--no-pdf", "--no-film", "Large", "-o", str(tmp_path / "second.zip"))
    prov.ok("verify", str(tmp_path / "second.zip"))
