"""Reads what /metrics tells."""

from prometheus_client.parser import text_string_to_metric_families

Figures = dict[str, float]


def read_figures(text: str) -> Figures:
    """Each sample by its name, with its labels' values after it: `name` or `name:value:value`."""
    return {
        ":".join([sample.name, *(sample.labels[label] for label in sorted(sample.labels))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
