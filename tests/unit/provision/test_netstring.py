"""Netstrings: whole payloads out of any cut of the stream; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.provision.netstring import LENGTH_MAX, NetstringReader, encode


@given(payloads=st.lists(st.binary(max_size=50), max_size=6), data=st.data())
def test_payloads_survive_every_cut_of_the_stream(
    payloads: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(encode(payload) for payload in payloads)
    reader = NetstringReader()
    found: list[bytes] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == payloads


@pytest.mark.parametrize("stream", [b"x", b"-1:a,", b"1:ab", b":a,", b"99999999", b"1 :a,"])
def test_what_is_no_netstring_is_refused(stream: bytes) -> None:
    with pytest.raises(ValueError, match="netstring"):
        NetstringReader().feed(stream)


def test_length_has_a_limit() -> None:
    with pytest.raises(ValueError, match="netstring"):
        NetstringReader().feed(b"%d:" % (LENGTH_MAX + 1))
