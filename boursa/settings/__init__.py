"""The only reader of the environment.

Development needs no variable. Production refuses an unsafe or incomplete configuration and names
every problem at once. ``NAME_FILE`` reads the value of ``NAME`` from a file (mounted secrets).
"""

from boursa.settings.fields import Settings, default_instance, with_driver
from boursa.settings.process import count_together, counted_together, counting_alone, one_thread_each
from boursa.settings.reading import default_env_file, env_path, known_variables, load, look, secret_files
from boursa.settings.signing import secret_key

__all__ = [
    "Settings",
    "count_together",
    "counted_together",
    "counting_alone",
    "default_env_file",
    "default_instance",
    "env_path",
    "known_variables",
    "load",
    "look",
    "one_thread_each",
    "secret_files",
    "secret_key",
    "with_driver",
]
