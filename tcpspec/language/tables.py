"""Make the shipped parser tables, after a change of the grammar or of Lark.

Run ``python -m tcpspec.language.tables``; a test fails where it was forgotten.
"""

import io

from tcpspec.language.parse import TABLES, build_parser, fingerprint


def make() -> bytes:
    """The tables as they are shipped: the fingerprint, then what ``Lark.save`` writes."""
    buffer = io.BytesIO()
    build_parser().save(buffer)
    return fingerprint() + buffer.getvalue()


if __name__ == "__main__":
    TABLES.write_bytes(make())
