"""What can go wrong.

    GroupBillError
     +- UsageError             wrong usage, invalid settings or policy: exit 2
     |   +- SettingsError      groupbill.toml
     |   +- PolicyError        a payer policy file
     |   +- PluginError        a plugin that can't be loaded or registered
     |   +- RuleDefinitionError  a rule that is not fully declared
     |   +- InputError         nothing readable at all
     +- ServerError            the FHIR server refused or could not be reached: exit 3
         +- Conflict           somebody else wrote in between: read again, decide again
         +- Refused            the server understood, and will not: asking again changes nothing
         +- Unreachable        no answer, or none but faults: nothing was written
             +- Unknown        a write was sent and its fate is not known: look before sending again

A broken rule of billing is a Finding, never an exception. Messages hold no patient data.
"""

from __future__ import annotations


class GroupBillError(Exception):
    """Base of all errors of groupbill."""

    exit_status = 2


class UsageError(GroupBillError):
    """The command, settings or policies can't be used as they are."""


class SettingsError(UsageError):
    """A settings file can't be read, or holds something unknown."""


class PolicyError(UsageError):
    """A payer policy can't be read, or holds something unknown."""


class InputError(UsageError):
    """Nothing in the input could be read."""


class PluginError(UsageError):
    """A plugin can't be loaded or registered."""

    def __init__(self, plugin: str, message: str) -> None:
        """Name the plugin and what is wrong with it."""
        super().__init__(plugin, message)
        self.plugin = plugin

    def __str__(self) -> str:
        """Both in one line; kept apart so that the error can be sent to another process."""
        return "plugin {}: {}".format(*self.args)


class RuleDefinitionError(UsageError):
    """A rule class is not fully declared."""

    def __init__(self, rule: str, message: str) -> None:
        """Name the rule and what it lacks."""
        super().__init__(rule, message)

    def __str__(self) -> str:
        """Both in one line."""
        return "rule {}: {}".format(*self.args)


class ServerError(GroupBillError):
    """The FHIR server refused, or could not be reached."""

    exit_status = 3

    status: int | None
    """HTTP status, None where there was no answer."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Say what was asked and what came back, without the values of a search and without bodies."""
        super().__init__(message)
        self.status = status


class Conflict(ServerError):
    """A version is stale, several resources match, or two writers raced (409, 412, or 400 standing for them)."""


class Refused(ServerError):
    """The request itself is refused (400, 401, 403, 404, 405, 422, ...), or the answer is not FHIR."""


class Unreachable(ServerError):
    """Nothing could be sent, or the server answered with faults until the retries were used up."""


class Unknown(Unreachable):
    """A write was sent and no usable answer came: whether it took effect must be looked up."""
