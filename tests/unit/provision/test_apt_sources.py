"""Where this machine gets Debian from, read from its own apt sources."""

from pathlib import Path

import pytest

from ivr.provision.apt_sources import deb822_sources, debian_mirror, one_line_sources


def test_one_line_format_with_options_comments_and_source_packages() -> None:
    text = """
    # deb http://commented.example/debian bookworm main
    deb-src http://source.example/debian bookworm main
    deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://one.example/debian bookworm main
    deb http://two.example/debian trixie main contrib # nearest
    """
    assert list(one_line_sources(text)) == [
        ("http://one.example/debian", "bookworm"),
        ("http://two.example/debian", "trixie"),
    ]


def test_deb822_format_with_folded_fields_several_suites_and_disabled_stanzas() -> None:
    text = """\
Types: deb deb-src
# the office's mirror
URIs: http://one.example/debian
Suites: bookworm
 bookworm-updates
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
"""
    assert list(deb822_sources(text)) == [
        ("http://one.example/debian", "bookworm"),
        ("http://one.example/debian", "bookworm-updates"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", "deb http://m.example/debian bookworm main\n"),
        ("sources.list.d/x.list", "deb https://m.example/debian trixie main\n"),
        (
            "sources.list.d/debian.sources",
            "Types: deb\nURIs: https://m.example/debian\nSuites: sid\n",
        ),
    ],
)
def test_mirror_is_found_wherever_it_is_written(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    mirror = debian_mirror(tmp_path)
    assert mirror is not None
    assert mirror.endswith("://m.example/debian")


def test_sources_that_are_not_debian_are_passed_over(tmp_path: Path) -> None:
    directory = tmp_path / "sources.list.d"
    directory.mkdir()
    (directory / "a.list").write_text("deb https://a.example/apt stable-tools main\n")
    (directory / "b.list").write_text("deb cdrom:[Debian]/ bookworm main\n")
    (directory / "c.sources.bak").write_text("Types: deb\nURIs: http://c.example\nSuites: sid\n")
    assert debian_mirror(tmp_path) is None


def test_security_and_updates_suites_do_not_stand_in_for_the_archive(tmp_path: Path) -> None:
    text = (
        "deb http://security.example/debian-security bookworm-security main\n"
        "deb http://archive.example/debian bookworm main\n"
    )
    (tmp_path / "sources.list").write_text(text)
    assert debian_mirror(tmp_path) == "http://archive.example/debian"
