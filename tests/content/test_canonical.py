"""Canonical bytes: RFC 8785 on the set of values that Caveat uses, and a clear no to all others."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content import canonical

KEYS = st.text(alphabet=st.characters(max_codepoint=127))
STRINGS = st.text()  # hypothesis leaves surrogates out
INTEGERS = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
ALLOWED = st.recursive(
    st.none() | st.booleans() | INTEGERS | STRINGS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)
QUICK = settings(deadline=None, max_examples=300)


@QUICK
@given(ALLOWED)
@example({"\x00": "\x00", "\x7f": "\x7f", "/": "</script>", "a": "\u2028", "B": "\U0010ffff"})
@example([canonical.MAX_INTEGER, -canonical.MAX_INTEGER, 0, -0, True, None, "", [], {}])
@example({"": {}, "aa": 1, "a": 2, "Z": 3, "10": 4, "9": 5})
def test_the_bytes_are_those_of_rfc_8785(data: Any) -> None:
    assert canonical.encode(data) == rfc8785.dumps(data)


@QUICK
@given(ALLOWED)
def test_what_was_encoded_decodes_to_the_same_and_encodes_to_the_same(data: Any) -> None:
    octets = canonical.encode(data)
    assert canonical.decode(octets) == data
    assert canonical.encode(canonical.decode(octets)) == octets


def test_a_tuple_is_a_list() -> None:
    assert canonical.encode(((1, "a"), ())) == b'[[1,"a"],[]]'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "float has no canonical form"),
        (float("nan"), "float has no canonical form"),
        (2**53, "beyond"),
        (-(2**53), "beyond"),
        (10**30, "beyond"),
        ("\ud800", "canonical form"),
        ("a\udfffb", "canonical form"),
        (b"octets", "bytes has no canonical form"),
        ({1, 2}, "set has no canonical form"),
        (object(), "object has no canonical form"),
    ],
)
def test_what_has_no_canonical_form_is_refused_wherever_it_stands(value: Any, message: str) -> None:
    for data in (value, [value], {"a": value}, [{"a": ["x", value]}]):
        with pytest.raises(ValueError, match=message):
            canonical.encode(data)


@pytest.mark.parametrize("key", ["é", "\ud800", "\u0080", 1, None, True, b"a"])
def test_a_key_that_is_not_an_ascii_string_is_refused(key: Any) -> None:
    with pytest.raises(ValueError, match="is not an ASCII string"):
        canonical.encode([{"a": {key: 1}}])


def test_nesting_beyond_reason_is_a_value_error_and_no_crash() -> None:
    data: list[Any] = []
    for _ in range(100_000):
        data = [data]
    with pytest.raises(ValueError, match="canonical form"):
        canonical.encode(data)


@pytest.mark.parametrize("octets", [b"", b"{", b"\xff", b"[1,]", b"NaN"])
def test_octets_that_are_not_json_are_a_value_error(octets: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.decode(octets)


@given(st.binary())
def test_a_digest_names_its_algorithm(octets: bytes) -> None:
    assert canonical.digest(octets) == "sha256:" + hashlib.sha256(octets).hexdigest()
