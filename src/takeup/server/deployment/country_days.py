"""Which days of a year are worked in a country, as the library `holidays` knows them."""

from __future__ import annotations

from datetime import date, timedelta


def days_worked(country: str, year: int) -> frozenset[date]:
    """The working days of a year in `country` (`DE`, with its region `DE-BY`; empty: Monday to Friday). Raises
    ValueError saying what to write where there is no such country or region."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    if not country:
        return frozenset(day for day in days if day.weekday() < 5)
    # Takes a tenth of a second: only where a country is named.
    import holidays

    name, _, region = country.partition("-")
    try:
        known = holidays.country_holidays(name, subdiv=region or None, years=year, expand=False)
    except NotImplementedError:
        raise ValueError(_why_not(name, region)) from None
    return frozenset(day for day in days if known.is_working_day(day))


def _why_not(name: str, region: str) -> str:
    import holidays

    regions = holidays.list_supported_countries(include_aliases=False).get(name)
    if regions is None:
        return (
            "write a country's two letters (ISO 3166), and its region after a hyphen: DE or DE-BY"
        )
    there = f"its regions are {', '.join(regions)}" if regions else "it has none"
    return f"{name} has no region {region}: {there}"
