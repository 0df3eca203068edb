"""``tcpspec fmt``: specifications in their canonical form."""

import os
from pathlib import Path

import click

from tcpspec.cli import options
from tcpspec.cli.exits import FAILED, OK, WRONG
from tcpspec.cli.specifications import files
from tcpspec.cli.terminal import complain, fail, pass_on, say
from tcpspec.diagnostics import render
from tcpspec.escape import visible


@options.command(epilog="Example:  tcpspec fmt --check specs")
@click.argument(
    "specs",
    metavar="SPEC...",
    nargs=-1,
    required=True,
    help="Files, folders, or - for standard input.",
)
@click.option(
    "--check", "check_only", is_flag=True, help="Only name the files that are in another form."
)
def fmt(specs: tuple[str, ...], check_only: bool) -> int:
    """Bring specifications into their canonical form, comments and all, and name what changed."""
    from tcpspec.language.load import LIBRARY

    for spec in specs:
        if spec.startswith(LIBRARY):
            fail(f"`{visible(spec)}` is of the library, which is not changed; copy it first")
    return max(_format_one(name, check_only) for name in dict.fromkeys(files(specs)))


def _format_one(name: str, check_only: bool) -> int:
    """Format one file; one that cannot be read, formatted or written stays as it is."""
    from tcpspec.diagnostics import Diagnostics
    from tcpspec.language.format import FormattingError, format_source
    from tcpspec.language.load import not_utf_8
    from tcpspec.source import Source

    found = Diagnostics()
    try:
        data = _read(name)
        text = format_source(Source(name, data.decode("utf-8-sig")), found)
        for diagnostic in found.in_order():
            complain(render(diagnostic))
        if text is not None:
            return _settle(name, data, text, check_only)
    except UnicodeDecodeError as error:
        complain(f"error: cannot format `{visible(name)}`: {not_utf_8(error)}; save it as UTF-8")
    except FormattingError as error:
        complain(f"error: cannot format `{visible(name)}`: {visible(str(error))}")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        complain(f"error: cannot format `{visible(name)}`: {visible(why).lower()}")
    return WRONG


def _settle(name: str, before: bytes, text: str, check_only: bool) -> int:
    """Say, write or pass on what the canonical form is."""
    from tcpspec.language.load import STANDARD_INPUT

    after = text.encode()
    if name == STANDARD_INPUT and not check_only:
        pass_on(text)
    elif before != after:
        if not check_only:
            _overwrite(Path(name).resolve(), after)
        say(visible(name))
        return FAILED if check_only else OK
    return OK


def _read(name: str) -> bytes:
    """The bytes of a specification, or of standard input."""
    from tcpspec.language.load import MAX_BYTES, STANDARD_INPUT, contents

    if name == STANDARD_INPUT:
        data = contents(None)
    elif Path(name).exists() and not Path(name).is_file():
        raise ValueError("not a file")
    else:
        data = contents(Path(name))
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES:,} bytes")
    return data


def _overwrite(path: Path, data: bytes) -> None:
    """Replace a file as a whole, so that nobody finds half of it; its mode and owner stay."""
    import contextlib
    import tempfile

    if not os.access(path, os.W_OK):
        raise PermissionError(13, "permission denied")
    descriptor, temporary = tempfile.mkstemp(prefix=".tcpspec-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        status = path.stat()
        with contextlib.suppress(OSError):
            os.chown(temporary, status.st_uid, status.st_gid)
        Path(temporary).chmod(status.st_mode & 0o7777)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
