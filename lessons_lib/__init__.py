"""The small, tested library behind the lessons on recurrent networks for text.

The modules follow the way of the data, and each imports only from its left:
archive, reviews, tokens, vocabulary, batches, models, training, checkpoints, records, figures, plots, checks.
"""

__version__ = "0.1.0"
