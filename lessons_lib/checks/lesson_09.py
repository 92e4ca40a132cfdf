"""The exercises of lesson 09: what a word tells, what a bag can know, and whether five seeds beat a baseline."""

import math
import statistics

from lessons_lib.checks import Key, exercise


@exercise()
def log_count_ratio() -> Key:
    """Naive Bayes' weight of a word, from counts."""

    def right(positive: int, negative: int, all_positive: int, all_negative: int) -> float:
        return math.log(((positive + 1) / all_positive) / ((negative + 1) / all_negative))

    return Key(
        cases={
            "a word in 6 positive and 146 negative reviews": (6, 146, 81_000, 95_000),
            "a word in 30 positive and 12 negative reviews": (30, 12, 52_000, 40_000),
        },
        right=right,
        mistakes=[
            (
                lambda positive, negative, all_positive, all_negative: math.log(
                    (positive / all_positive) / (negative / all_negative)
                ),
                "Add 1 to both counts. Without it a word that no negative review holds has an infinite ratio, and one "
                "such word outweighs all others.",
            ),
            (
                lambda positive, negative, all_positive, all_negative: math.log((positive + 1) / (negative + 1)),
                lambda positive, negative, all_positive, all_negative: (
                    f"You compare the counts, not the shares. The positive reviews hold {all_positive:,} words and the "
                    f"negative ones {all_negative:,}, so equal counts are not equal shares."
                ),
            ),
            (
                lambda *counts: -right(*counts),
                lambda positive, negative, all_positive, all_negative: (
                    f"The sign is turned around. A word in {positive} positive and {negative} negative reviews speaks "
                    f"for {'praise and is above' if positive > negative else 'blame and is below'} 0."
                ),
            ),
            (
                lambda *counts: math.exp(right(*counts)),
                "That is the ratio itself. Take its logarithm: then 0 means no news, and the words of a review add up.",
            ),
            (
                lambda *counts: right(*counts) / math.log(10),
                "You use the logarithm of base 10. Use the natural one, math.log.",
            ),
        ],
        because="A ratio of shares, not of counts, and the 1 keeps words that one side never uses within bounds.",
        about="Take the word's share on the positive side over its share on the negative side, then the logarithm.",
        is_function=True,
    )


@exercise(7)
def bag_on_twins() -> Key:
    """The accuracy of a bag model where some reviews are twins."""

    def right(pairs: int, others: int, accuracy: float) -> float:
        return (pairs + others * accuracy) / (2 * pairs + others)

    return Key(
        cases={
            "40 pairs of twins alone": (40, 0, 0.9),
            "30 pairs of twins and 140 other reviews": (30, 140, 0.9),
        },
        right=right,
        mistakes=[
            (
                lambda pairs, others, accuracy: accuracy,
                lambda pairs, others, accuracy: (
                    f"{accuracy} is its accuracy on ordinary reviews. The two reviews of a pair look the same to a "
                    f"bag, so it gives them the same answer. How many of the two can be right?"
                ),
            ),
            (
                lambda pairs, others, accuracy: others * accuracy / (2 * pairs + others),
                lambda pairs, others, accuracy: (
                    f"You count all {2 * pairs} twins as wrong. A bag gives both reviews of a pair the same answer, "
                    f"and their labels are opposite: what follows?"
                ),
            ),
            (
                lambda pairs, others, accuracy: (2 * pairs + others * accuracy) / (2 * pairs + others),
                lambda pairs, others, accuracy: (
                    f"You count all {2 * pairs} twins as right. Both reviews of a pair get the same answer, and their "
                    f"labels are opposite."
                ),
            ),
            (
                lambda pairs, others, accuracy: (0.5 * pairs + others * accuracy) / (pairs + others),
                lambda pairs, others, accuracy: f"A pair is two reviews: {pairs} pairs are {2 * pairs} reviews.",
            ),
            (
                lambda pairs, others, accuracy: (0.5 + accuracy) / 2 if others else 0.5,
                lambda pairs, others, accuracy: (
                    f"You average the two accuracies. There are {2 * pairs} twins and {others} other reviews, so they "
                    f"do not weigh the same."
                ),
            ),
        ],
        because="One review of each pair is right, whatever the bag model says: half of the twins, without any luck.",
        about="Count the right answers among the twins, then those among the others, and divide by all reviews.",
    )


@exercise(7, 8)
def beats_baseline() -> Key:
    """Is the mean of five seeds above a baseline by more than 2.8 standard errors?"""

    def difference(seeds: list[float], baseline: float) -> float:
        return statistics.mean(seeds) - baseline

    def error(seeds: list[float]) -> float:
        return statistics.stdev(seeds) / math.sqrt(len(seeds))

    def right(seeds: list[float], baseline: float) -> bool:
        return difference(seeds, baseline) > 2.8 * error(seeds)

    def facts(seeds: list[float], baseline: float) -> str:
        verdict = "more" if right(seeds, baseline) else "not more"
        return (
            f"Here the mean is {difference(seeds, baseline):+.2f} from {baseline} and its standard error "
            f"{error(seeds):.2f}: {verdict} than 2.8 of them."
        )

    even = [91.0, 91.2, 91.4, 91.6, 91.8]  # mean 91.4, standard error 0.141
    return Key(
        cases={
            "an LSTM 3 points below": ([85.9, 86.3, 84.4, 85.1, 86.0], 88.5),
            "a mean just above, the first run below": (even, 91.33),
            "a mean just above, the first run above": ([91.6, 91.0, 91.8, 91.4, 91.2], 91.33),
            "a mean 1.5 errors above": (even, 91.19),
            "a mean 2.4 errors above": (even, 91.06),
            "a mean 2.6 errors above": (even, 91.03),
            "all runs a little above": (even, 90.9),
            "all runs far above": (even, 90.2),
            "a mean below, one lucky run": ([90.0, 90.1, 90.2, 90.1, 91.9], 91.4),
            "one run below, the others above": ([91.9, 92.0, 91.8, 92.0, 90.9], 91.0),
        },
        right=right,
        mistakes=[
            (
                lambda seeds, baseline: max(seeds) > baseline,
                lambda seeds, baseline: (
                    f"You compare the best run, {max(seeds)}, and the best of five is luck. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: seeds[0] > baseline,
                lambda seeds, baseline: (
                    f"You compare a single run, {seeds[0]}. Another seed gives another answer. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: difference(seeds, baseline) > 0,
                lambda seeds, baseline: (
                    f"You compare the mean alone and leave out the spread of the runs. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: min(seeds) > baseline,
                lambda seeds, baseline: (
                    f"You ask that every single run beats the baseline. One unlucky run does not decide about the "
                    f"mean. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: abs(difference(seeds, baseline)) > 2.8 * error(seeds),
                lambda seeds, baseline: (
                    f"You lose the sign: a model far below the baseline passes too. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: difference(seeds, baseline) > 2.8 * statistics.stdev(seeds),
                lambda seeds, baseline: (
                    f"You use the spread of single runs. A mean of {len(seeds)} runs is more certain: divide the "
                    f"standard deviation by the root of {len(seeds)}. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: (
                    difference(seeds, baseline) > 2.8 * statistics.pstdev(seeds) / math.sqrt(len(seeds))
                ),
                lambda seeds, baseline: (
                    f"You divide by {len(seeds)} in the standard deviation. For a sample of {len(seeds)} divide by "
                    f"{len(seeds) - 1}, as statistics.stdev does. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: difference(seeds, baseline) > 2.3 * error(seeds),
                lambda seeds, baseline: (
                    f"2.3 is for five seeds against five. With five in all less is known about the spread, and the "
                    f"limit is 2.8. {facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: difference(seeds, baseline) > error(seeds),
                lambda seeds, baseline: (
                    f"One standard error is too few: chance alone gets that far about one time in five. "
                    f"{facts(seeds, baseline)}"
                ),
            ),
            (
                lambda seeds, baseline: not right(seeds, baseline),
                lambda seeds, baseline: f"The other way round. {facts(seeds, baseline)}",
            ),
        ],
        because="It asks about the recipe, not about a lucky run: the mean, next to what other seeds would move it by.",
        about="Return True where the mean of the seeds is above the baseline by more than 2.8 standard errors of it.",
        is_function=True,
    )
