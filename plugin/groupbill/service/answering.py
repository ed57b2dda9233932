"""The answer to a request: what was wrong is counted, and told in one word."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.responses import Response

from ..errors import UsageError
from .guard import Denied
from .intake import Full
from .metrics import Metrics
from .notification import Malformed
from .outcome import outcome


async def answered(work: Awaitable[Response], metrics: Metrics, *, reasons: bool = False) -> Response:
    """The answer of the work, or an OperationOutcome that tells nothing; with `reasons`, what was expected."""
    words = ""
    try:
        return await work
    except Denied as denied:
        status, code, words = denied.status, denied.code, denied.expected
    except Malformed as malformed:
        status, code, words = 422, "structure", str(malformed)
    except UsageError:
        status, code = 422, "structure"
    except Full:
        status, code = 503, "transient"
    metrics.refused(code)
    return outcome(status, code, diagnostics=words if reasons else "")
