from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.ami_protocol import (
    LINE_BYTES_MAX,
    AmiMessage,
    AmiProtocolError,
    FrameBuffer,
    assignment,
    check_headers,
)

HELLO = b"Asterisk Call Manager/11.0.0\r\n"


def message(*lines: str) -> AmiMessage:
    read = AmiMessage.from_frame("\r\n".join(lines).encode())
    assert read is not None
    return read


@given(st.lists(st.binary(max_size=40)), st.data())
def test_frames_do_not_depend_on_how_they_arrive(parts: list[bytes], data: st.DataObject) -> None:
    stream = HELLO + b"\r\n\r\n".join([*parts, b"tail"])
    whole = FrameBuffer().feed(stream)
    pieces, buffer, rest = [], FrameBuffer(), stream
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        pieces += buffer.feed(rest[:size])
        rest = rest[size:]
    assert pieces == whole
    assert whole == b"\r\n\r\n".join([*parts, b"tail"]).split(b"\r\n\r\n")[:-1]


FRAGMENTS = st.sampled_from(
    [b"Event: X", b"Response: ", b"\r\n", b"ChanVariable", b"(", b": ", b"="]
)


@given(st.lists(st.one_of(st.binary(max_size=30), FRAGMENTS)))
def test_arbitrary_bytes_cause_nothing_but_a_protocol_error(parts: list[bytes]) -> None:
    buffer = FrameBuffer(200)
    with suppress(AmiProtocolError):
        for frame in [*buffer.feed(HELLO), *buffer.feed(b"".join(parts))]:
            read = AmiMessage.from_frame(frame)
            assert read is None or all(isinstance(value, str) for value in read.values())


@given(st.binary(max_size=300))
def test_a_peer_without_the_banner_is_told_or_waited_for(data: bytes) -> None:
    buffer = FrameBuffer()
    with suppress(AmiProtocolError):
        assert buffer.feed(data) == []


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 400\r\n", b"SSH-2.0", b"Aster\r\n", b"\r\n", HELLO[:-2] * 20]
)
def test_a_peer_that_is_no_manager_is_told_at_once(data: bytes) -> None:
    with pytest.raises(AmiProtocolError, match="check host and port"):
        FrameBuffer().feed(data)


def test_a_message_without_end_is_refused() -> None:
    buffer = FrameBuffer(100)
    buffer.feed(HELLO + b"Event: X\r\n")
    with pytest.raises(AmiProtocolError, match="longer than 100"):
        buffer.feed(b"y" * 100)


def test_an_empty_last_header_does_not_vanish() -> None:
    assert message("Event: Hangup", "AccountCode: ")["AccountCode"] == ""


def test_names_ignore_case_and_nothing_is_added() -> None:
    event = message("Event: Hangup", "Uniqueid: 1.1")
    assert event["uniqueid"] == event["UniqueID"] == "1.1"
    assert dict(event) == {"event": "Hangup", "uniqueid": "1.1"}


def test_channel_variables_have_a_name_each() -> None:
    event = message("Event: Hangup", "ChanVariable: IVR_CALL=c=1", "ChanVariable: IVR_STATE=")
    assert event["ChanVariable(IVR_CALL)"] == "c=1"
    assert event["ChanVariable(IVR_STATE)"] == ""


def test_channel_variables_of_an_originate_response_have_the_same_names() -> None:
    event = message("Event: OriginateResponse", "ChanVariable(PJSIP/1-0;1): IVR_CALL=c1")
    assert event["ChanVariable(IVR_CALL)"] == "c1"


def test_the_other_channels_variables_keep_apart() -> None:
    event = message("Event: DialEnd", "ChanVariable: A=1", "DestChanVariable: A=2")
    assert (event["ChanVariable(A)"], event["DestChanVariable(A)"]) == ("1", "2")


def test_a_repeated_header_keeps_all_values() -> None:
    assert message("Response: Success", "Output: a", "Output: b")["Output"] == "a\nb"


def test_what_is_neither_response_nor_event_is_none() -> None:
    assert AmiMessage.from_frame(b"Hello: world") is None


@pytest.mark.parametrize("text", ["a\r\nAction: Originate", "a\n", "\0", "\x7f", "\t"])
def test_control_characters_in_values_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control"):
        check_headers({"Channel": text})
    with pytest.raises(ValueError, match="control"):
        check_headers({"Variable": ["A=1", text]})


@pytest.mark.parametrize("name", ["", "A B", "A:", "A\r\n", "ü"])
def test_odd_header_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="header name"):
        check_headers({name: "x"})


def test_a_line_asterisk_would_discard_is_refused() -> None:
    check_headers({"A": "x" * (LINE_BYTES_MAX - 3)})
    with pytest.raises(ValueError, match="longer"):
        check_headers({"A": "x" * (LINE_BYTES_MAX - 2)})


def test_too_many_headers_are_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        check_headers({"Variable": ["A=1"] * 121})


def as_asterisk_splits(argument: str) -> list[str]:
    """What __ast_app_separate_args in Asterisk's app.c makes of a Variable header."""
    parts, scan = [""], iter(argument)
    parens = brackets = 0
    quoted = False
    for c in scan:
        parens = max(0, parens + (c == "(") - (c == ")"))
        brackets = max(0, brackets + (c == "[") - (c == "]"))
        if c == '"':
            quoted = not quoted
        elif c == "\\":
            parts[-1] += next(scan, "")
        elif c == "," and not (parens or brackets or quoted):
            parts.append("")
        else:
            parts[-1] += c
    return parts


@given(st.text(max_size=40))
def test_a_callers_text_assigns_only_the_variable_meant(value: str) -> None:
    assert as_asterisk_splits(assignment("NAME", value)) == [f"NAME={value}"]
