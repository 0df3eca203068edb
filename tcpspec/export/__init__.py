"""Other tools' languages."""
