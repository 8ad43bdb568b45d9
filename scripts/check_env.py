"""List every missing, weak or contradictory variable at once: ``boursa check-env``."""

from _environment import boursa

boursa("check-env")
