"""What people type in a simulation: keys on a terminal, lines elsewhere; both become commands.

A command is a word or a number and, behind it, what it is about: ``3``, ``undo``, ``save run.fsm``.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import NamedTuple

import click

from tcpspec.cli.terminal import say
from tcpspec.escape import visible

MAX_LINE = 1000
"""How much of a line is read: nobody types more."""


class Command(NamedTuple):
    """A command, and the rest of its line."""

    word: str
    rest: str = ""


WORDS = {
    "u": "undo", "r": "restart", "l": "ladder", "w": "why", "p": "print", "s": "save",
    "h": "help", "?": "help", "q": "quit",
}  # fmt: skip
"""The first letter is enough, and is the key on a terminal."""


class Dialogue(ABC):
    """Where commands come from."""

    interactive = False
    """Whether somebody is there who may try again."""

    @abstractmethod
    def ask(self, choices: int) -> Command | None:
        """The next command, where there are so many numbers to choose from; None at the end."""

    @abstractmethod
    def ask_for(self, what: str) -> str:
        """Something more that a command needs; empty if nothing was said."""


class Lines(Dialogue):
    """Lines on standard input: what is read is shown, so that the output tells the whole story."""

    def ask(self, choices: int) -> Command | None:
        text = self._line()
        if text is None:
            return None
        say(f"> {visible(text)}")
        word, _, rest = text.partition(" ")
        return Command(WORDS.get(word, word), rest.strip())

    def ask_for(self, what: str) -> str:
        return ""

    def _line(self) -> str | None:
        """The next line that says something. What is not UTF-8 is replaced, and not understood."""
        while sys.stdin is not None and (data := sys.stdin.buffer.readline(MAX_LINE)):
            if text := data.decode("utf-8", "replace").strip():
                return text
        return None


class Keys(Dialogue):
    """Single keys. A number is complete when no further digit could belong to it, or with Enter."""

    interactive = True

    def __init__(self) -> None:
        self._typed: list[str] = []
        """Keys that came together with one that was asked for."""

    def ask(self, choices: int) -> Command | None:
        numbers = {0: "", 1: "1, "}.get(choices, f"1-{choices}, ")
        _write(f"\n{numbers}u undo, w why not, l ladder, s save, ? help, q quit > ")
        try:
            command = self._command(choices)
        except EOFError:
            command = None
        say()
        return command

    def _command(self, choices: int) -> Command:
        number = ""
        while True:
            key = self._key()
            if key.isdecimal() and key.isascii():
                number += key
                _write(key)
                if int(number) * 10 > choices:
                    return Command(number)
            elif number and key in _ENTER:
                return Command(number)
            elif number and key in _BACK:
                number = number[:-1]
                _write("\b \b")
            elif not number and (word := _KEYS.get(key)):
                _write(word)
                return Command(word)

    def _key(self) -> str:
        """One key; those that control a terminal mean what they mean elsewhere."""
        if not self._typed:
            read = click.getchar()
            self._typed = [read] if read.startswith("\x1b") else list(read)
        key = self._typed.pop(0)
        if key == "\x03":
            raise KeyboardInterrupt
        if key == "\x04":
            raise EOFError
        return key

    def ask_for(self, what: str) -> str:
        """A line of text, with the terminal's own editing. Ctrl-D is as good as nothing."""
        _write(f"{what}: ")
        try:
            return input().strip()
        except EOFError:
            say()
            return ""


def _write(text: str) -> None:
    click.echo(text, nl=False)


_ENTER = ("\r", "\n")
_BACK = ("\x7f", "\b")
_KEYS = {**WORDS, **dict.fromkeys([*_BACK, "\x1b[D"], "undo")}
"""Backspace and the arrow to the left take back, too."""


def dialogue() -> Dialogue:
    """Keys if somebody sits at a terminal and sees what is said there, else lines."""
    at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    return Keys() if at_terminal else Lines()
