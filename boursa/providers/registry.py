"""The list of price sources; a new one is its module and its line here."""

from __future__ import annotations

from boursa.errors import NameUnknown
from boursa.language import N_
from boursa.providers.base import Provider
from boursa.providers.samples import Samples

PROVIDERS: dict[str, Provider] = {one.name: one for one in (Samples(),)}


def get(name: str) -> Provider:
    """Return the provider of that name.

    Raises
    ------
    NameUnknown
    """
    if name not in PROVIDERS:
        raise NameUnknown(
            N_("There is no provider named “{name}”; there are: {known}."),
            name=name,
            known=", ".join(PROVIDERS),
        )
    return PROVIDERS[name]
