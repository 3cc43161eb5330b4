"""The four grades of confidentiality, from what all may read to what few may. Plan §8; requirement R216, trap T31."""

from __future__ import annotations

GRADES = ("open", "internal", "staff", "confidential")
DEFAULT = "staff"


def within(grade: str, highest: str) -> bool:
    """Whether what has a grade may be seen by someone who may see up to another.

    Raises:
        ValueError: either is no grade.
    """
    return GRADES.index(grade) <= GRADES.index(highest)
