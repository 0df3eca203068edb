"""Exit status, as scripts read it.

0, all came out as the specification says; 1, some did not; 2, the specification or the command line
is wrong; 3, a limit was reached before an answer, and nothing failed; 130, Ctrl-C.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tcpspec.result import Result

OK, FAILED, WRONG, UNKNOWN, INTERRUPTED = 0, 1, 2, 3, 130


def status(results: Sequence[Result]) -> int:
    """Of specifications that could be checked."""
    if any(result.interrupted for result in results):
        return INTERRUPTED
    if any(result.failed for result in results):
        return FAILED
    return UNKNOWN if any(result.unknown for result in results) else OK
