"""The script's check of an edition, run by Node.js: with any other byte it is a mismatch."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import services
from delivery import ARTICLE
from flask.testing import FlaskClient

from api import embed_files

pytestmark = pytest.mark.one_engine
CHECK = """
const [edition, keys] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const asked = { slug: null, audience: null, channel: null, jurisdiction: null };
const outcome = async (text, known = keys) => (await examine(text, asked, known, [])).outcome;
(async () => {
  const octets = new TextEncoder().encode(edition);
  const passed = [];
  for (let at = FIRST; at < octets.length; at += STEP) {
    const bent = octets.slice();
    bent[at] ^= 1 << at % 7;
    const found = await outcome(new TextDecoder().decode(bent));
    if (found !== "mismatch") passed.push([at, found]);
  }
  const sizes = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100003];
  const hashes = sizes.map((n) => hex(plainSha256(new Uint8Array(n).map((_, i) => i * 7))));
  const plain = { whole: await outcome(edition), keyless: await outcome(edition, null) };
  console.log(JSON.stringify({ ...plain, passed, sizes, hashes }));
})();
"""
STEP = 23  # of the bytes, this many at a time are left out; the last ones are all tried


def run(tmp_path: Path, script: str, given: Any) -> Any:
    parts = [(embed_files.FOLDER / f"{name}.js").read_text() for name in ("canonical", "verify")]
    (tmp_path / "check.js").write_text("\n".join([*parts, script]))
    done = subprocess.run(
        [services.node(), "check.js"],
        cwd=tmp_path,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("first", "step"), [(0, STEP), (-400, 1)])
def test_no_other_byte_passes(client: FlaskClient, tmp_path: Path, first: int, step: int) -> None:
    edition = client.get(f"{ARTICLE}?jurisdiction=US-AL").text
    keys = client.get("/.well-known/jwks.json").json["keys"]
    start = first if first >= 0 else len(edition.encode()) + first
    script = CHECK.replace("FIRST", str(start)).replace("STEP", str(step))
    found = run(tmp_path, script, [edition, keys])
    assert found["passed"] == []
    assert (found["whole"], found["keyless"]) == ("verified", "unverified")


def test_the_integrity_members_are_all_tried(client: FlaskClient, tmp_path: Path) -> None:
    edition = client.get(f"{ARTICLE}?jurisdiction=US-AL").text
    keys = client.get("/.well-known/jwks.json").json["keys"]
    start = len(edition[: edition.index('"integrity"')].encode())
    part = edition[: edition.index('"links"')].encode()
    script = CHECK.replace("octets.length", str(len(part))).replace("FIRST", str(start))
    found = run(tmp_path, script.replace("STEP", "1"), [edition, keys])
    assert found["passed"] == []


def test_the_digest_without_webcrypto_is_sha_256(tmp_path: Path) -> None:
    script = CHECK.replace("FIRST", "0").replace("STEP", "1")
    found = run(tmp_path, script, ["{}", []])
    for size, digest in zip(found["sizes"], found["hashes"], strict=True):
        octets = bytes(i * 7 % 256 for i in range(size))
        assert hashlib.sha256(octets).hexdigest() == digest
