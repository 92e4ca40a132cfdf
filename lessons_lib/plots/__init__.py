"""Plots that are too long for a lesson; each returns its axes, with a title and labelled axes."""

import warnings

from lessons_lib.plots.answers import calibration, influence_by_tenth, pair_answers, running_probability, unit_maps
from lessons_lib.plots.style import BLUE, GREEN, GREY, LABEL_COLORS, ORANGE, RED
from lessons_lib.plots.texts import (
    batch_pictures,
    padding_by_batch_size,
    padding_lab,
    vector_paths,
    vocabulary_size,
    word_effects,
)
from lessons_lib.plots.training import accuracy_curves, gradient_reach, ladder, seed_spreads, training_curves

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "LABEL_COLORS",
    "ORANGE",
    "RED",
    "accuracy_curves",
    "batch_pictures",
    "calibration",
    "gradient_reach",
    "influence_by_tenth",
    "ladder",
    "padding_by_batch_size",
    "padding_lab",
    "pair_answers",
    "running_probability",
    "seed_spreads",
    "training_curves",
    "unit_maps",
    "vector_paths",
    "vocabulary_size",
    "word_effects",
]

# A sign that the font lacks is drawn as a box, which says enough.
warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)
