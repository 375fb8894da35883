"""How long personal data is kept: one declaration for each class of data, which deletes it and describes it.

A service lists its rules in `<service>/retention.py`. From them come the daily deletion, its report, and the register
of processing activities (Art. 30 GDPR). Why it is built so: docs/decisions/0025-audit-and-retention.md.
"""

from shared.retention.activities import Activity
from shared.retention.removals import Emptying, Removal, Removing
from shared.retention.rules import Period, Rule

__all__ = ["Activity", "Emptying", "Period", "Removal", "Removing", "Rule"]
