"""Somebody at a terminal: lines shown, lines asked for, and the words understood everywhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.document import suggest
from ivr.model.errors import CallerGoneError
from ivr.model.units import parse_duration

HANGUP, WAIT, HELP = "hangup", "wait", "help"

_WORD_CHARACTERS_MAX = 16
"""What is longer gets a line to itself in the help."""

Command = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Terminal:
    """Prints lines and asks for lines; `ask` raises EOFError when nobody will type any more."""

    show: Callable[[str], None]
    ask: Callable[[str], str]
    commands: Mapping[str, tuple[str, Command]] = field(default_factory=dict)
    """Word -> what it is for, and the lines it shows: understood at every question."""

    def answer(self, question: str, *, options: Mapping[str, str]) -> str:
        """One line, stripped; raises CallerGoneError on `hangup` and at the end of input.

        `help` tells `options`, what may be typed here, and the words understood everywhere.
        """
        while True:
            try:
                line = self.ask(question).strip()
            except EOFError:
                line = HANGUP
            if line == HANGUP:
                raise CallerGoneError("hung up at the terminal")
            if line == HELP:
                self._help(options)
            elif line in self.commands:
                for text in self.commands[line][1]():
                    self.show(text)
            else:
                return line

    def one_of(
        self,
        question: str,
        answers: Sequence[str],
        *,
        options: Mapping[str, str] | None = None,
        waits: bool = False,
    ) -> str:
        """One of `answers`, an empty line being the first; with `waits` also `wait 10s`."""
        options = options or dict.fromkeys(answers, "")
        while True:
            line = self.answer(question, options=options) or answers[0]
            if line in answers or (waits and line.split()[0] == WAIT):
                return line
            self.not_understood(line, answers)

    def not_understood(self, line: str, answers: Iterable[str]) -> None:
        """Says so, with what was probably meant and what could be typed."""
        words = [*answers, *self.words]
        meant = suggest(line, words, list_up_to=0)
        more = f"; {meant}" if meant else ""
        self.show(f"  {line[:40]!r} means nothing here{more}")
        self.show(f"  please type one of: {', '.join(words)}")

    def silence(self, line: str) -> float | None:
        """The seconds of `wait 10s`, None for `wait` alone; ValueError says what is wrong."""
        given = line.removeprefix(WAIT).strip()
        return parse_duration(given) if given else None

    @property
    def words(self) -> list[str]:
        """Those understood at every question."""
        return [HANGUP, *self.commands, HELP]

    def _help(self, options: Mapping[str, str]) -> None:
        about = {
            **options,
            HANGUP: "hang up; so does the end of the input",
            **{word: text for word, (text, _) in self.commands.items()},
            HELP: "this",
        }
        width = max(len(word) for word in about if len(word) <= _WORD_CHARACTERS_MAX)
        for word, text in about.items():
            between = "  " if len(word) <= width else f"\n  {'':{width}}  "
            self.show(f"  {word:{width}}{between}{text}".rstrip())
