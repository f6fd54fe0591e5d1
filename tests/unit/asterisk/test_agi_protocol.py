from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.agi_protocol import (
    COMMAND_BYTES_MAX,
    HANGUP,
    REPLY_LINES_MAX,
    AgiProtocolError,
    AgiReply,
    Hangup,
    LineBuffer,
    ReplyParser,
    encode_command,
    parse_environment,
    quote,
)

SENDABLE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"]),
    max_size=60,
)


def read(*lines: str) -> list[AgiReply | Hangup]:
    parser = ReplyParser()
    return [done for line in lines if (done := parser.feed(line.encode())) is not None]


def as_asterisk_splits(line: str) -> list[str]:
    """What parse_args in Asterisk's res_agi.c makes of a command line."""
    words: list[str] = []
    quoted = escaped = False
    between = True
    for c in line:
        if c == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append("")
                between = False
        elif c in " \t" and not quoted and not escaped:
            between = True
        elif c == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += c
            escaped = False
    return words


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", AgiReply(200, "0")),
        ("200 result=-1", AgiReply(200, "-1")),
        ("200 result=49", AgiReply(200, "49")),
        ("200 result=1 (a value)", AgiReply(200, "1", "a value")),
        ("200 result=1 ()", AgiReply(200, "1", "")),
        ("200 result=1 (hangup)", AgiReply(200, "1", "hangup")),
        ("200 result= (timeout)", AgiReply(200, "", "timeout")),
        ("200 result=0 endpos=3520", AgiReply(200, "0", endpos=3520)),
        ("200 result=0 (timeout) endpos=8000", AgiReply(200, "0", "timeout", 8000)),
        ("200 result=1 (a (b) endpos=3)", AgiReply(200, "1", "a (b) endpos=3")),
        ("200 result=0 Gosub complete", AgiReply(200, "0", "Gosub complete")),
        ("510 Invalid or unknown command", AgiReply(510, data="Invalid or unknown command")),
        ("511 Command Not Permitted", AgiReply(511, data="Command Not Permitted")),
        ("520 Invalid command syntax.", AgiReply(520, data="Invalid command syntax.")),
    ],
)
def test_a_reply_is_read(line: str, reply: AgiReply) -> None:
    assert read(line) == [reply]


def test_progress_is_no_reply() -> None:
    assert read("100 result=0 Trying...", "200 result=0") == [AgiReply(200, "0")]


def test_a_usage_block_is_one_reply_and_the_next_one_stays_in_step() -> None:
    lines = [
        "520-Invalid command syntax.",
        "Usage:",
        "",
        "520 End of proper usage.",
        "200 result=7",
    ]
    assert read(*lines) == [
        AgiReply(520, data="Invalid command syntax.\nUsage:\n"),
        AgiReply(200, "7"),
    ]


def test_hangup_comes_out_of_band() -> None:
    assert read("200 result=-1", "HANGUP", "511 dead") == [
        AgiReply(200, "-1"),
        HANGUP,
        AgiReply(511, data="dead"),
    ]


def test_hangup_in_a_usage_block_counts() -> None:
    assert read("520-Usage:", "HANGUP") == [HANGUP]


def test_a_value_with_line_breaks_neither_hangs_up_nor_desynchronises() -> None:
    assert read("200 result=1 (a", "HANGUP", "b)", "200 result=0") == [
        AgiReply(200, "1", "a\nHANGUP\nb"),
        AgiReply(200, "0"),
    ]


@pytest.mark.parametrize(
    "line", ["", "hello", "200", "200 ok", "20 result=1", "HANGUP now", "٢٠٠ x"]
)
def test_garbage_is_told(line: str) -> None:
    with pytest.raises(AgiProtocolError, match="garbage"):
        read(line)


def test_endless_progress_is_refused() -> None:
    with pytest.raises(AgiProtocolError, match="too_many_lines"):
        read(*["100 result=0 Trying..."] * (REPLY_LINES_MAX + 1))


def test_a_value_is_read_although_it_is_no_utf8() -> None:
    assert ReplyParser().feed(b"200 result=1 (\xff\xc3)") == AgiReply(200, "1", "\ufffd\ufffd")


def test_a_line_without_end_is_refused() -> None:
    buffer = LineBuffer(10)
    buffer.feed(b"0123456789")
    with pytest.raises(AgiProtocolError, match="line_too_long"):
        buffer.feed(b"0")


@given(st.lists(st.binary(max_size=40)), st.data())
def test_lines_do_not_depend_on_how_they_arrive(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"\n".join(parts)
    whole = LineBuffer(1000).feed(stream[:900])
    pieces, buffer, rest = [], LineBuffer(1000), stream[:900]
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        pieces += buffer.feed(rest[:size])
        rest = rest[size:]
    assert pieces == whole


FRAGMENTS = st.sampled_from(
    [b"200 result=", b"(", b")", b" endpos=9", b"520-", b"520 ", b"HANGUP", b"100 ", b"\n", b"-1"]
)


@given(st.lists(st.one_of(st.binary(max_size=30), FRAGMENTS)))
def test_arbitrary_bytes_cause_nothing_but_a_protocol_error(parts: list[bytes]) -> None:
    parser = ReplyParser()
    with suppress(AgiProtocolError):
        for line in LineBuffer(200).feed(b"".join(parts)):
            done = parser.feed(line)
            assert done is None or isinstance(done, (AgiReply, Hangup))


@given(st.lists(st.binary(max_size=40)))
def test_an_arbitrary_environment_causes_nothing_but_a_protocol_error(lines: list[bytes]) -> None:
    with suppress(AgiProtocolError):
        environment, arguments = parse_environment(lines)
        assert len(environment) + len(arguments) <= len(lines)


@given(st.lists(SENDABLE, max_size=8))
def test_asterisk_reads_back_every_argument_unchanged(arguments: list[str]) -> None:
    line = encode_command("SET VARIABLE", *arguments).decode()
    assert line.endswith("\n")
    assert as_asterisk_splits(line[:-1]) == ["SET", "VARIABLE", *arguments]


@given(st.text(max_size=50))
def test_a_command_is_one_line_or_refused(argument: str) -> None:
    try:
        line = encode_command("EXEC", argument)
    except ValueError:
        return
    assert line.count(b"\n") == 1
    assert b"\r" not in line
    assert b"\0" not in line


@pytest.mark.parametrize("text", ["a\nHANGUP", "a\r", "\0", "\t", "\x7f", "\x1b[0m"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control"):
        quote(text)


def test_a_command_asterisk_would_cut_in_two_is_refused() -> None:
    room = COMMAND_BYTES_MAX - len('EXEC ""\n')
    assert len(encode_command("EXEC", "x" * room)) == COMMAND_BYTES_MAX
    with pytest.raises(ValueError, match="bytes"):
        encode_command("EXEC", "x" * (room + 1))


@pytest.mark.parametrize("verb", ["", "NOOP\nHANGUP", "SET  MUSIC", 'EXEC "', "NOOP "])
def test_a_verb_is_plain_words(verb: str) -> None:
    with pytest.raises(ValueError, match="verb"):
        encode_command(verb)


def test_too_many_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="arguments"):
        encode_command("EXEC", *["x"] * 101)


def test_the_environment_is_read() -> None:
    lines = [b"agi_channel: PJSIP/1-0", b"agi_accountcode:", b"agi_arg_1: tok", b"agi_arg_2: a: b"]
    assert parse_environment(lines) == (
        {"channel": "PJSIP/1-0", "accountcode": ""},
        ("tok", "a: b"),
    )


def test_further_lines_of_a_callers_name_are_skipped() -> None:
    lines = [b"agi_calleridname: Ada", b"Lovelace", b"agi_arg_1: tok"]
    assert parse_environment(lines) == ({"calleridname": "Ada"}, ("tok",))


@pytest.mark.parametrize(
    "forged", [b"agi_channel: other", b"agi_arg_1: token", b"agi_arg_3: x", b"agi_arg_0: x"]
)
def test_a_callers_name_cannot_forge_channel_token_or_argument(forged: bytes) -> None:
    lines = [b"agi_channel: PJSIP/1-0", b"agi_calleridname: Ada", forged]
    rest = [b"agi_extension: 100", b"agi_arg_1: tok", b"agi_arg_2: x"]
    with pytest.raises(AgiProtocolError, match="bad_environment"):
        parse_environment([*lines, *rest])


@pytest.mark.parametrize(
    "lines",
    [
        [b"agi_arg_1: tok", b"agi_arg_3: x"],
        [b"agi_arg_1: tok", b"agi_arg_1: tok"],
        [b"agi_arg_1: tok", b"agi_extension: 100"],
    ],
)
def test_arguments_are_the_unbroken_end_of_the_environment(lines: list[bytes]) -> None:
    with pytest.raises(AgiProtocolError, match="bad_environment"):
        parse_environment(lines)
