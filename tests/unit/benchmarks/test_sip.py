"""What the phones of the measurements understand of SIP."""

import pytest

from benchmarks.sip import SipError, digest, parse

INVITE = (
    b"INVITE sip:1101@127.0.0.1:5062 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK77;alias\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"\r\n"
    b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 24010 RTP/AVP 0\r\n"
)


def test_a_request_tells_whom_it_is_for_and_where_audio_goes() -> None:
    invite = parse(INVITE)
    assert (invite.method, invite.user, invite.status) == ("INVITE", "1101", 0)
    assert (invite.branch, invite.media) == ("z9hG4bK77", ("127.0.0.1", 24010))


def test_an_offer_without_audio_is_refused() -> None:
    with pytest.raises(SipError, match="no audio"):
        _ = parse(INVITE.replace(b"audio", b"video")).media


def test_a_challenge_is_answered_as_the_rfc_shows() -> None:
    """The example of RFC 2617, 3.5, with its own client nonce."""
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answer = digest([challenge], "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
