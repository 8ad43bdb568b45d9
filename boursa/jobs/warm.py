"""What the fork server imports before the first job, so that no child does it again.

Some libraries are imported late, inside the functions that need them; a child that paid for that
would take three seconds to its first number instead of none.
"""

import statsforecast.ets
import statsforecast.theta

from boursa.services import computations

__all__ = ["computations", "statsforecast"]
