"""Our own fault in validation: a rule that did not run is never a finding of a submitter."""

from __future__ import annotations


class ValidationFault(RuntimeError):  # noqa: N818  (a fault is ours; an error is a finding's severity)
    """Rules could not be run as the suites state them; nothing of the batch may be called checked."""
