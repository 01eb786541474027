"""Judged questions to measures, intervals, comparisons and a report."""
