"""Small-sample trends of short yearly series: which line, how steep, how sure.

Three steps, each a frame in and a frame out: `fit` tries every model on every
series, `choose` shows one of them by the printed `RULE`, `fitted` draws it.  What
cannot be fitted is a row with a reason (`REASONS`), never a gap.  Nothing here says
whether a target will be reached: the calibrated look ahead is `projection`.

statsmodels is imported inside the functions that use it, so that importing this
package is cheap.
"""

from zbanalysis.trend.fitting import CAUTIONS, MINIMUM_N, MODELS, RULE, choose, fit, fitted
from zbanalysis.trend.series import REASONS, scale_of

__all__ = ["CAUTIONS", "MINIMUM_N", "MODELS", "REASONS", "RULE", "choose", "fit", "fitted", "scale_of"]
