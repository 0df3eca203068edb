"""Finding and reading files: the one place below the front doors that touches the disk.

``extends`` and ``include`` name files relative to the file that names them, inside the folder tree
of the first file; ``tcpspec:NAME`` names one of the installed library.
"""

import sys
from contextlib import suppress
from pathlib import Path

from tcpspec.diagnostics import Diagnostics, Note, nearest
from tcpspec.language import ast
from tcpspec.language.parse import parse
from tcpspec.record import Record, replace
from tcpspec.source import Source, Span

MAX_BYTES = 1_000_000
"""How large a file may be: a specification is something that people read."""

MAX_FILES = 50
"""How many files may take each other in, one inside the other."""

LIBRARY = "tcpspec:"

STANDARD_INPUT = "-"
"""What a command calls it in the place of a file; what it takes in stands in the present folder."""


def library_folder() -> Path:
    """Where the specifications are that come with the package: beside it in a checkout."""
    installed = Path(__file__).parents[1] / "specs"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "specs"


def expected_results(name: str) -> Path:
    """Where the expected results of a specification stand: ``NAME.expected.json`` beside it."""
    in_library = name.startswith(LIBRARY)
    path = library_folder() / name.removeprefix(LIBRARY) if in_library else Path(name)
    return path.with_suffix(".expected.json")


class _Found(Record):
    """A file on the disk, the name that people know it by, and the folder it must not leave."""

    path: Path
    name: str
    root: Path


def load(name: str, found: Diagnostics) -> tuple[ast.File, ...]:
    """The file of this name and, before it, those that it extends, included files taken in.

    Empty if anything is wrong; why is in ``found``.
    """
    loader = _Loader(found)
    try:
        start = loader.locate(name, None, None)
        return tuple(loader.chain(start, ()))
    except _Stop:
        return ()


def files_of(name: str) -> tuple[Path, ...]:
    """All files that a specification is made of, as far as they can be read; for those who want to
    know when it changes.
    """
    loader = _Loader(Diagnostics())
    with suppress(_Stop):
        loader.chain(loader.locate(name, None, None), ())
    return tuple(dict.fromkeys(loader.paths))


def contents(path: Path | None) -> bytes:
    """What is in a file, or, without one, what standard input gives: a little more than the most
    that may be there.
    """
    if path is None:
        return sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def not_utf_8(error: UnicodeDecodeError) -> str:
    """Why the bytes of a file are no text, and where."""
    data, at = error.object, error.start
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16 text, not UTF-8"
    return f"not UTF-8 text: byte {data[at]:#04x} in line {data.count(10, 0, at) + 1}"


class _Stop(Exception):
    """A file cannot be taken in; why is already reported."""


class _Loader:
    def __init__(self, found: Diagnostics) -> None:
        self._found = found
        self._included_paths: set[Path] = set()
        self.paths: list[Path] = []
        """The files that were asked for, in the order in which they were."""

    def chain(
        self, file: _Found, open_: tuple[_Found, ...], at: Span | None = None
    ) -> list[ast.File]:
        """The bases of a file, the first one first, and the file itself."""
        tree = self._tree(file, open_, at)
        bases: list[ast.File] = []
        if tree.protocol and tree.protocol.extends is not None:
            span = tree.protocol.span
            base = self.locate(tree.protocol.extends, file, span, (*open_, file))
            bases = self.chain(base, (*open_, file), span)
        return [*bases, tree]

    def _tree(self, file: _Found, open_: tuple[_Found, ...], at: Span | None) -> ast.File:
        """One file with what it includes in the place of each ``include``."""
        if len(open_) >= MAX_FILES:
            message = f"more than {MAX_FILES} files take each other in"
            raise self._stop("nested-too-deeply", message, at)
        if file.path in (other.path for other in open_):
            names = [other.name for other in (*open_, file)]
            raise self._stop(
                "file-cycle", f"`{file.name}` takes itself in: {' -> '.join(names)}", at
            )
        tree = self._parse(self._read(file, open_, at), open_)
        if tree is None:
            raise _Stop
        opened = (*open_, file)
        items: list[ast.Item] = []
        comments = list(tree.comments)
        for item in tree.items:
            if isinstance(item, ast.Include):
                included = self._included(item, file, opened)
                items += included.items
                comments += included.comments
            else:
                items.append(item)
        return replace(tree, items=tuple(items), comments=tuple(comments))

    def _parse(self, source: Source, open_: tuple[_Found, ...]) -> ast.File | None:
        """The tree of one file; what is wrong in it is told with the files that take it in."""
        here = Diagnostics()
        tree = parse(source, here)
        chain = " -> ".join([*(file.name for file in open_), source.name])
        notes = (Note(f"taken in by {chain}"),) if open_ else ()
        for found in here.all:
            self._found.add(replace(found, notes=(*found.notes, *notes)))
        return tree

    def _included(self, item: ast.Include, file: _Found, open_: tuple[_Found, ...]) -> ast.File:
        other = self.locate(item.path, file, item.span, open_)
        if other.path not in (one.path for one in open_):  # a cycle is told with its chain
            if other.path in self._included_paths:
                message = f"`{other.name}` is included twice"
                raise self._stop("declared-twice", message, item.span, open_)
            self._included_paths.add(other.path)
        tree = self._tree(other, open_, item.span)
        if tree.protocol is not None:
            raise self._stop(
                "syntax",
                f"`{other.name}` is a protocol: it can be extended, not included",
                item.span,
            )
        return tree

    def locate(
        self,
        name: str,
        by: _Found | None,
        at: Span | None,
        open_: tuple[_Found, ...] = (),
    ) -> _Found:
        """The file that a name means, seen from the file that names it."""
        if name.startswith(LIBRARY):
            root = library_folder().resolve()
            return self._inside(root / name.removeprefix(LIBRARY), name, root, at, open_)
        path = Path(name)
        if by is None and name == STANDARD_INPUT:
            here = Path.cwd()
            return _Found(here / name, name, here)
        if by is None:
            resolved = self._resolve(path, name, at, open_)
            if _is_pipe(path):  # such as /dev/stdin: it has no other name
                resolved = path.absolute()
            return _Found(resolved, name, resolved.parent)
        return self._inside(by.path.parent / path, _beside(by.name, name), by.root, at, open_)

    def _inside(
        self, path: Path, name: str, root: Path, at: Span | None, open_: tuple[_Found, ...]
    ) -> _Found:
        """Links are followed before the folder is compared, so that none leads out of it."""
        resolved = self._resolve(path, name, at, open_)
        if not resolved.is_relative_to(root):
            raise self._stop(
                "file-outside", f"`{name}` leaves the folder of the specification", at, open_
            )
        return _Found(resolved, name, root)

    def _resolve(self, path: Path, name: str, at: Span | None, open_: tuple[_Found, ...]) -> Path:
        try:
            return path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a NUL in a name
            why = str(error).lower()
            raise self._stop("unreadable-file", f"cannot read `{name}`: {why}", at, open_) from None

    def _read(self, file: _Found, open_: tuple[_Found, ...], at: Span | None) -> Source:
        self.paths.append(file.path)
        try:
            data = contents(None if file.name == STANDARD_INPUT and not open_ else file.path)
            if len(data) > MAX_BYTES:
                raise self._unreadable(file, f"larger than {MAX_BYTES:,} bytes", at, open_)
            return Source(file.name, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise self._unreadable(file, not_utf_8(error), at, open_, "save it as UTF-8") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            hint = _meant(file) if isinstance(error, FileNotFoundError) else None
            raise self._unreadable(file, why.lower(), at, open_, hint) from None

    def _unreadable(
        self, file: _Found, why: str, at: Span | None, open_: tuple[_Found, ...],
        hint: str | None = None,
    ) -> _Stop:  # fmt: skip
        return self._stop("unreadable-file", f"cannot read `{file.name}`: {why}", at, open_, hint)

    def _stop(
        self, code: str, message: str, at: Span | None, open_: tuple[_Found, ...] = (),
        hint: str | None = None,
    ) -> _Stop:  # fmt: skip
        chain = " -> ".join(file.name for file in open_)
        notes = [Note(f"taken in by {chain}")] if len(open_) > 1 else []
        self._found.error(code, at, message, hint=hint, notes=notes)
        return _Stop()


def _meant(file: _Found) -> str | None:
    """Another file of the same folder that may be meant."""
    before, name, _ = file.name.rpartition(file.path.name)
    if not name:
        return None
    with suppress(OSError):
        known = sorted(path.name for path in file.path.parent.glob("*.fsm"))
        if f"{name}.fsm" in known:
            return f"did you mean `{before}{name}.fsm`?"
        if not file.name.startswith(LIBRARY) and (library_folder() / name).is_file():
            return f"did you mean `{LIBRARY}{name}`?"
        found = nearest(name, known)
        return f"did you mean `{before}{found}`?" if found else None
    return None


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except OSError:  # a name that is too long: reading it says so
        return False


def _beside(by: str, name: str) -> str:
    """The name of a file as people would write it from where they stand."""
    if by.startswith(LIBRARY):
        folder = by.removeprefix(LIBRARY).rpartition("/")[0]
        return f"{LIBRARY}{folder}/{name}" if folder else f"{LIBRARY}{name}"
    return str(Path(by).parent / name)
