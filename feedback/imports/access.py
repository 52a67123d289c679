"""Who sees what of a file: every administrator that it was brought in and how far it is, what stands in it only who brought it.

An administrator reads no reports (docs/THREAT_MODEL.md); the one who brings old cases in has them in his hands already, the others not.
"""

from __future__ import annotations

from feedback.accounts.models import User
from feedback.imports.models import DataImport


def may_read(user: User, found: DataImport) -> bool:
    """Whether cells of the file, its refused lines and first passwords of its accounts may be shown to him."""
    return found.made_by_id == user.id
