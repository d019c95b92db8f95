"""Evolution: what was published stays as it is, and a new minor can be read by who knows the old.

The digests below are the guard: to change a released file, somebody has to change them here, too.
"""

import hashlib
import itertools
import json
from typing import Any

import jsoncompat
import pytest

from api import openapi
from schemas import published

DIGESTS = {
    "articles-1.0": ("dfea387400352bbbd694d2c3e0df892c0cbb2738e849d8a3b3c339ad7d0b5112"),
    "articles-1.1": ("bb3e2c457b7f06bf261e6a6ffab44c755ae158236fa1f98ae4520ee74acd03cf"),
    "articles-1.2": ("2640459eb891cb2d7222d87cbaf338bd8fa73412918f81a89eb9345ed7a6d72a"),
    "changes-1.0": ("64d9754c3b88be6b35ed594cafa2c6bbba9f766ec0557a4952d7fa4877aeafd4"),
    "changes-1.1": ("cd663c9078669be2185e4018113c3490cc1daae07c6f39abcab7cbd8f9eab3e7"),
    "changes-1.2": ("05651854ecc64afc79b6dc78ce2736b9d8ef056a3ddc496ee45b1676c083c90d"),
    "changes-1.3": ("261f9a1cb6fdc0e69d865d35173f9ecbfa4119965bb271ba9fea18ff0af1c048"),
    "changes-1.4": ("d0ac6a48736af0bd39d013faa2ec135e5e7ae895ac83ca8f88ac27c819b133b4"),
    "edition-1.0": ("2d2069c7eef4c2e49a1852980113507ec2b7799dba7d633c458a0d5a0cc236af"),
    "edition-1.1": ("5655282f3f43a01a93ea3055590aa0581351e71f9a276055109e5b60d6a8bb00"),
    "preview-1.0": ("79d89a396a361966f7b436598d164b8b52488429991ac1ba222636a52a757eb0"),
    "problem-1.0": ("678920b0ca0aafc8d03f922d7c32946d9278f0dfde002db57f6e0cf9ecd5537c"),
    "problem-1.1": ("c7fd2c95fcd12919fcdb82abb45a18bbd612c771135be2022e4202fa5e218f55"),
    "section-1.0": ("b6948a0f409d2473021d0ce067c4b454263085ef54fcb45663794d7963772a25"),
    "snapshot-1.0": ("de9b7e9da271ed854d1694815e7d7b4bcfe359c0443903aee6c3724024f21960"),
}
RUN = "run: caveat schemas schemas/json"


def versions() -> dict[str, list[str]]:
    """Return the published names of each kind of body, oldest first."""
    ordered = sorted(published.names(), key=lambda name: (name.split("-")[0], version(name)))
    return {
        kind: list(found) for kind, found in itertools.groupby(ordered, lambda n: n.split("-")[0])
    }


def version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.rpartition("-")[2].split("."))


def steps() -> list[tuple[str, str]]:
    return [pair for names in versions().values() for pair in itertools.pairwise(names)]


def is_compatible(old: Any, new: Any) -> bool:
    """Return whether a reader of the old shape can read everything that has the new one."""
    return bool(jsoncompat.check_compat(json.dumps(old), json.dumps(new), "serializer"))


def test_a_published_schema_never_changes() -> None:
    found = {name: hashlib.sha256(published.read(name)).hexdigest() for name in published.names()}
    assert found == DIGESTS


@pytest.mark.parametrize("name", openapi.SCHEMAS)
def test_the_newest_minor_is_what_the_code_makes(name: str) -> None:
    kind = name.split("-", maxsplit=1)[0]
    assert versions()[kind][-1] == name, RUN
    assert json.loads(published.read(name)) == openapi.json_schema(name), RUN


@pytest.mark.parametrize(("old", "new"), steps())
def test_a_new_minor_is_read_by_readers_of_the_old_one(old: str, new: str) -> None:
    if version(old)[0] == version(new)[0]:
        assert is_compatible(json.loads(published.read(old)), json.loads(published.read(new)))


def removed(schema: Any) -> None:
    schema["required"].remove("sequence")
    del schema["properties"]["sequence"]


def renamed(schema: Any) -> None:
    schema["properties"]["number"] = schema["properties"].pop("sequence")
    schema["required"] = ["number" if name == "sequence" else name for name in schema["required"]]


def retyped(schema: Any) -> None:
    schema["properties"]["sequence"] = {"type": "string"}


def made_nullable(schema: Any) -> None:
    schema["properties"]["sequence"] = {"type": ["integer", "null"]}


@pytest.mark.parametrize("break_", [removed, renamed, retyped, made_nullable])
def test_an_incompatible_change_is_noticed(break_: Any) -> None:
    for name in openapi.SCHEMAS:
        old = json.loads(published.read(name))
        if "sequence" in old["properties"]:
            new = json.loads(published.read(name))
            break_(new)
            assert not is_compatible(old, new), name
            assert is_compatible(old, old), name
