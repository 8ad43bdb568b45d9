"""The names by which files in French and English call their columns."""

from __future__ import annotations

import re

from boursa.ingest.months import fold

# Names, folded (see `plain_name`), separated by bars.
_NAMES = {
    "date": (
        "date|dates|ds|jour|day|datetime|timestamp|time|heure|periode|period|mois|month|annee|year|"
        "seance|date de seance|date cotation|date de cotation|trade date|observation date|time period|"
        "date valeur|date heure|date time|index|unnamed 0|horodatage|semaine|week|trimestre|quarter|"
        "unix|epoch|ts|unix time|unix timestamp|open time|opentime"
    ),
    "open": (
        "open|ouverture|ouv|o|opening|premier|cours ouverture|cours d ouverture|opening price|"
        "open price|premier cours|1er cours|prix ouverture|price open"
    ),
    "high": (
        "high|haut|max|maximum|h|plushaut|plus haut|cours le plus haut|le plus haut|cours max|"
        "high price|cours plus haut|plus haut du jour|day high"
    ),
    "low": (
        "low|bas|min|minimum|l|plusbas|plus bas|cours le plus bas|le plus bas|cours min|low price|"
        "cours plus bas|plus bas du jour|day low"
    ),
    "close": (
        "close|cloture|clot|dernier|cours|last|price|prix|settle|settlement|closing|vl|nav|c|fermeture|"
        "cours de cloture|cours cloture|dernier cours|last price|closing price|close price|close last|"
        "valeur liquidative|prix de cloture|prix cloture|cours de reference"
    ),
    "adj_close": (
        "adjclose|adjusted|adj close|adjusted close|close adj|close adjusted|cloture ajustee|"
        "cours ajuste|cloture aj|dernier ajuste|adj closing price|prc adj|cours de cloture ajuste|"
        "prix ajuste"
    ),
    "volume": (
        "volume|vol|volumes|quantite|qte|v|volume echange|nombre de titres|titres echanges|"
        "quantite echangee|volume titres|nb titres|trading volume|shares traded"
    ),
    "symbol": (
        "symbol|symbole|ticker|isin|code|mnemonique|mnemo|valeur|titre|action|societe|instrument|"
        "libelle|name|nom|devise|currency|id|security|company|permno|cusip|sedol|serie|series|indice|"
        "unique id|code isin|code valeur|nom valeur|secid"
    ),
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split("|")}
_RETURN = re.compile(
    r"\b(rendements?|returns?|ret|rdt|variations?|var|perf|performance|pct change|change|chg|log ret\w*)\b"
)
_RATE = re.compile(r"\b(taux|rates?|yields?|euribor|eonia|estr|libor|inflation|oat|tec ?10|tbill)\b")
_COUNT = re.compile(r"\b(volumes?|vol|count|nombre|nb|quantites?|qte|trades|transactions|effectif)\b")

# Levels that are no prices: nobody sizes a risk by the volatility of sales.
_LEVEL = re.compile(
    r"\b(sales|ventes?|gdp|pib|revenues?|revenus?|turnover|chiffre d affaires|passengers|passagers|"
    r"temperatures?|production|consumption|consommation|population|demand|demande|salaires?|wages?)\b"
)


def plain_name(column: str) -> str:
    """Return `column` folded for comparison: ``Adj_Close*`` gives ``adj close``."""
    return " ".join(re.sub(r"[^0-9a-z%]+", " ", fold(column)).split())


def role_named(column: str) -> str | None:
    """Return the role that the name of `column` announces, if any."""
    return _ROLES.get(plain_name(column))


def kind_named(column: str) -> str | None:
    """Return the kind of series that the name of `column` announces; ``unknown`` for a known non-price."""
    name = plain_name(column)
    kinds = (("return", _RETURN), ("count", _COUNT), ("rate", _RATE), ("unknown", _LEVEL))
    for kind, pattern in kinds:
        if pattern.search(name):
            return kind
    return "price" if role_named(column) in ("open", "high", "low", "close", "adj_close") else None
