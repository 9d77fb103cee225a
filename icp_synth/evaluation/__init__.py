"""Measuring: what each part gets right and wrong on data with known answers, with intervals."""
