"""Keeping the installation well: backups and their proof, restoring, finding what is wrong, answering who watches."""
