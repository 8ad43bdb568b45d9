"""Where a request comes from, whatever the proxies before us made of the address."""

from __future__ import annotations

import ipaddress

from flask import request

_IPV6_PREFIX = 64
_LONGEST = 45


def address() -> str:
    """Return the address of the client, without the port that some proxies add to it."""
    said = request.remote_addr or "unknown"
    found = _parsed(said)
    return str(found) if found else "".join(filter(str.isprintable, said))[:_LONGEST]


def network() -> str:
    """Return who is counted as one client; of IPv6 the network, since one line has 2**64 addresses."""
    found = _parsed(request.remote_addr or "")
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(found), _IPV6_PREFIX), strict=False))
    return address()


def _parsed(said: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    # 192.0.2.7, 192.0.2.7:5678, 2001:db8::7, [2001:db8::7], [2001:db8::7]:5678, fe80::7%eth0
    with_port = said.count(":") == 1 or "]:" in said
    bare = said.rpartition(":")[0] if with_port else said
    try:
        found = ipaddress.ip_address(bare.strip("[]").partition("%")[0])
    except ValueError:
        return None
    # A server that listens on IPv6 sees IPv4 clients as ::ffff:192.0.2.7: not all of them are one network.
    return getattr(found, "ipv4_mapped", None) or found
