"""``python -m tcpspec`` is the command ``tcpspec``."""

from tcpspec.cli import main

if __name__ == "__main__":
    main()
