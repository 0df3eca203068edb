"""What a step tells, and what is asked: to a reader of the file, or to the witness.

A reader simulates a run and wants to know what happened; checks that are to fail are asked for by
name. The witness has all asked at once, or one, and must learn which lines were used and from where
each message came.
"""

from collections.abc import Iterator, Sequence

from tcpspec.export.promela.text import WIDTH, Definition, filled, indented


class ForReader:
    """Sentences of a simulation, and a switch for each check that is not always asked."""

    cut = "skip"
    """What happens instead of a step that would leave a bound."""

    def coverage(self, most: int) -> list[Definition]:
        """What notes the lines that are used, whose numbers are ``most`` at most."""
        return []

    def step(self, process: str, number: int, what: str) -> str:
        """A call, timeout or step by a line."""
        return f'printf("{process} %d: line {number}, {what}\\n", me)'

    def reception(self, number: int, message: str, input_: int, *, again: bool) -> str:
        """A message is received, or ``again``: then it stays where it was."""
        return f"{'received_a_copy' if again else 'received'}({number}, {message})"

    def definitions(self, process: str, fields: Sequence[str]) -> Iterator[Definition]:
        """What receptions are told by."""
        for name, what in (("received", "rcv"), ("received_a_copy", "rcv a copy of")):
            told = [f'    printf("{process} %d: line %d, {what} %e{shown(fields)}\\n", me, line_,']
            told += indented(filled(f"{values('message_', fields)})".split(), WIDTH - 12), 8)
            lines = [f"#define {name}(line_, message_)", *told]
            yield Definition(name, [*(f"{line} \\" for line in lines[:-1]), lines[-1]])

    def switch(self, name: str, *, on_demand: bool) -> str:
        """The condition of the preprocessor under which a check is asked, if there is one."""
        return f"#ifdef ASK_{name}" if on_demand else ""


class ForWitness(ForReader):
    """What ``tcpspec.crosscheck.spin`` reads.

    With ASK_ALL all is asked, with ASK_ONE only what has its own name defined; with COVERAGE, each
    line is told when it is first used.
    """

    cut = "used(0)"

    def coverage(self, most: int) -> list[Definition]:
        lines = [
            "",
            "#ifdef COVERAGE",
            f"c_decl {{ static unsigned char used_before[{most + 1}]; }}",
            "#define used(n) c_code { if (!used_before[n]) { \\",
            '    used_before[n] = 1; printf("used %d\\n", n); } }',
            "#else",
            "#define used(n) skip",
            "#endif",
        ]
        return [Definition("used", lines)]

    def step(self, process: str, number: int, what: str) -> str:
        return f"used({number}); {super().step(process, number, what)}"

    def reception(self, number: int, message: str, input_: int, *, again: bool) -> str:
        return f"received({number}, {message}, {input_}, {int(again)})"

    def definitions(self, process: str, fields: Sequence[str]) -> Iterator[Definition]:
        told = f'"{process} %d: line %d, rcv %e{shown(fields)} on %d again %d\\n"'
        lines = [
            "#define received(line_, message_, input_, again_) used(line_); \\",
            f"    printf({told}, me, line_, {values('message_', fields)}, input_, again_)",
        ]
        yield Definition("received", lines)

    def switch(self, name: str, *, on_demand: bool) -> str:
        asked = f"#if defined(ASK_ALL) || defined(ASK_{name})"
        return asked if on_demand else f"{asked} || !defined(ASK_ONE)"


def shown(fields: Sequence[str]) -> str:
    """How the fields of a message are printed."""
    return f"({','.join('%d' for _ in fields)})" if fields else ""


def values(message: str, fields: Sequence[str]) -> str:
    """What is printed of a message."""
    return ", ".join(f"{message}.{field}" for field in ["name", *fields])
