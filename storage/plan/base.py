"""The base of every part of the plan file's model."""

from __future__ import annotations

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    model_validator,
)


class PlanModel(BaseModel):
    """A part of the plan. A key without a value counts as one that isn't written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {each.alias for each in cls.model_fields.values()}
        return {key: value for key, value in data.items() if value is not None or key not in known}
