"""Whether two clocks agree."""

from api.operations.findings import Finding, good, trouble

APART = 5.0  # seconds; links and sessions are good for minutes to days, ends of classes for a day


def look_at_clock(whose: str, seconds: float) -> Finding:
    """`seconds` is how far theirs is ahead of this machine's."""
    about = f"Clock and {whose}"
    if abs(seconds) <= APART:
        return good(about, "they agree.")
    told = f"{whose} is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} this machine's clock."
    return trouble(
        about, told, "Set both machines to keep time by NTP: timedatectl set-ntp true, then timedatectl status."
    )
