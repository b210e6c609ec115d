"""Whose word about the client is believed: the addresses and networks of the proxies in front of the server."""

from ipaddress import ip_address, ip_network


def trusted(text: str) -> tuple[str, ...]:
    """Addresses and networks (`10.0.0.5`, `10.0.0.0/24`, `fd00::/64`), separated by commas.

    Raises ValueError for what is none, and for a network that holds every address: then anyone could say who they are.
    """
    return tuple(_one(part) for part in (part.strip() for part in text.split(",")) if part)


def _one(part: str) -> str:
    if part == "*":
        raise ValueError("* would trust every address. Name the proxy's own address or network, such as 10.0.0.5")
    if "/" not in part:
        try:
            return str(ip_address(part))
        except ValueError:
            raise ValueError(
                f"{part} is not an address. Give numbers, such as 10.0.0.5 or fd00::5, and no names"
            ) from None
    try:
        network = ip_network(part, strict=False)
    except ValueError:
        raise ValueError(f"{part} is not a network. Write one as 10.0.0.0/24 or fd00::/64") from None
    if network.prefixlen == 0:
        raise ValueError(f"{part} covers every address, so it would trust every address. Name the proxy's own network")
    if str(network.network_address) != str(ip_address(part.partition("/")[0])):
        raise ValueError(f"{part} names an address within a network. Write {part.partition('/')[0]} or {network}")
    return str(network)
