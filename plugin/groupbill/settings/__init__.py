"""The settings of one site (`groupbill.toml`, design of the keys in the README)."""

from .values import Settings

__all__ = ["Settings"]
