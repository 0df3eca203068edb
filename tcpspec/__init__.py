"""tcpspec."""
