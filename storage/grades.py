"""The four grades of confidentiality, from what all may read to what few may. Plan §8."""

from __future__ import annotations

from typing import Literal, get_args

Grade = Literal["open", "internal", "staff", "confidential"]
GRADES: tuple[Grade, ...] = get_args(Grade)
DEFAULT: Grade = "staff"


def within(grade: Grade, highest: Grade) -> bool:
    """Whether what has a grade may be seen by someone who may see up to another.

    Raises:
        ValueError: either is no grade.
    """
    return GRADES.index(grade) <= GRADES.index(highest)


def sees_staffs(highest: Grade) -> bool:
    """Whether someone who may see up to a grade may see what is the staff's own: its lists, and the words in them."""
    return within("staff", highest)
