"""How many random examples are tried: a few each time, many with ``--thorough``."""

_asked = {"thorough": False}


def be_thorough() -> None:
    """To be called before the tests are imported."""
    _asked["thorough"] = True


def examples(each_time: int, thorough: int) -> int:
    return thorough if _asked["thorough"] else each_time
