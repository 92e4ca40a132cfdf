"""The exercises on runs with several seeds, for lessons 07 and 08: is a number news, is a model better?"""

import math
import statistics

from lessons_lib.checks import Key, exercise


@exercise(8)
def is_news() -> Key:
    """Does a new run lie outside of what one more seed would give?"""

    def right(seeds: list[float], new: float) -> bool:
        return abs(new - statistics.mean(seeds)) > 3 * statistics.stdev(seeds)

    def band(seeds: list[float]) -> str:
        mean, reach = statistics.mean(seeds), 3 * statistics.stdev(seeds)
        return f"The band of these seeds goes from {mean - reach:.1f} to {mean + reach:.1f}, and {{}} lies {{}} it."

    def where(seeds: list[float], new: float) -> str:
        return band(seeds).format(new, "outside" if right(seeds, new) else "inside")

    seeds, close = [80.1, 81.2, 81.9, 80.6, 82.3], [85.1, 85.2, 85.0, 85.1, 85.2]
    skewed = [70.0, 80.0, 80.2, 79.9, 80.1]
    runs = (82.2, 82.35, 80.7, 84.5, 77.9, 83.7, 83.3, 82.7, 82.5, 83.5)
    return Key(
        cases={
            **{f"{new} after {seeds}": (seeds, new) for new in runs},
            **{f"{new} after {close}": (close, new) for new in (85.6, 85.2)},
            f"64.8 after {skewed}": (skewed, 64.8),
        },
        right=right,
        mistakes=[
            (
                lambda seeds, new: new > statistics.mean(seeds),
                lambda seeds, new: (
                    f"You compare {new} with the mean. About half of all runs of the old recipe lie above their own "
                    f"mean. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: new > seeds[0],
                lambda seeds, new: f"You compare one run with one run, {new} with {seeds[0]}. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: new > max(seeds),
                lambda seeds, new: (
                    f"You compare {new} with the best of {len(seeds)} runs. A sixth run of the old recipe would beat "
                    f"the best of five about once in six times. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: not min(seeds) <= new <= max(seeds),
                lambda seeds, new: (
                    f"You ask whether {new} lies outside the runs themselves. A new run of the old recipe does so one "
                    f"time in three. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: new - statistics.mean(seeds) > 3 * statistics.stdev(seeds),
                lambda seeds, new: f"Only runs that are better count for you. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: not right(seeds, new),
                lambda seeds, new: f"The other way round. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > statistics.stdev(seeds),
                lambda seeds, new: (
                    f"One standard deviation is too few: two new runs in five lie further out. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > 2 * statistics.stdev(seeds),
                lambda seeds, new: f"Two standard deviations. With few seeds the band is wider. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > 3 * statistics.variance(seeds),
                lambda seeds, new: f"You take the variance. The standard deviation is its root. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: abs(new - statistics.median(seeds)) > 3 * statistics.stdev(seeds),
                lambda seeds, new: (
                    f"You measure from the median, and the band lies about the mean. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > max(seeds) - min(seeds),
                lambda seeds, new: f"You measure with the distance from the worst run to the best. {where(seeds, new)}",
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > 3 * statistics.pstdev(seeds),
                lambda seeds, new: (
                    f"You divide by {len(seeds)} in the standard deviation. For a sample of {len(seeds)} runs divide "
                    f"by {len(seeds) - 1}, as statistics.stdev does. {where(seeds, new)}"
                ),
            ),
            (
                lambda seeds, new: abs(new - statistics.mean(seeds)) > 3 * statistics.stdev(seeds) / len(seeds) ** 0.5,
                lambda seeds, new: (
                    f"You take the standard error, which is about the mean of {len(seeds)} runs. One more run spreads "
                    f"like the runs themselves. {where(seeds, new)}"
                ),
            ),
        ],
        because="Inside the band, a higher number may be nothing but another draw of the same recipe.",
        about="Return True where the new run is further than 3 standard deviations from the mean, above or below.",
        is_function=True,
    )


@exercise(7)
def is_better() -> Key:
    """Is the second model better, measured by the standard error of the difference?"""

    def difference(one: list[float], two: list[float]) -> float:
        return statistics.mean(two) - statistics.mean(one)

    def error(one: list[float], two: list[float]) -> float:
        return math.sqrt(sum(statistics.variance(runs) / len(runs) for runs in (one, two)))

    def right(one: list[float], two: list[float]) -> bool:
        return difference(one, two) > 2.3 * error(one, two)

    def facts(one: list[float], two: list[float]) -> str:
        verdict = "more" if right(one, two) else "not more"
        return (
            f"Here the means differ by {difference(one, two):+.2f} and the standard error is {error(one, two):.2f}: "
            f"{verdict} than 2.3 of them."
        )

    middle, tight = [80.6, 79.4, 80.2, 79.8, 80.0], [85.0, 85.2, 85.1, 84.9, 85.3]
    wide, higher = [79.5, 82.1, 76.9, 78.3, 80.7], [85.6, 85.9, 85.7, 85.8, 85.5]
    unlike = [78.0, 84.0, 79.0, 80.0, 81.0], [81.0, 82.5, 81.5, 82.0, 82.8]
    overlapping = [80.0, 80.1, 80.0, 79.9, 81.0], [82.0, 82.1, 81.95, 82.05, 80.9]
    return Key(
        cases={
            "means of 78.6 and 79.5, wide spreads": ([78.1, 79.2, 78.8, 77.6, 79.4], wide),
            "means of 85.1 and 85.7, tight spreads": (tight, higher),
            "means of 80.0 and 81.0": (middle, sorted(run + 1 for run in middle)),
            "means of 80.0 and 80.75": (middle, [run + 0.75 for run in middle]),
            "means of 80.0 and 80.4": (middle, [run + 0.4 for run in middle]),
            "means of 80.0 and 80.62": (middle, [run + 0.62 for run in middle]),
            "means of 85.7 and 85.1": (higher, tight),
            "means of 80.4 and 82.0": unlike,
            "means of 80.2 and 81.8": overlapping,
            "means of 79.6 and 80.7": ([80.0, 80.0, 80.0, 80.0, 78.0], [79.9, 79.9, 79.9, 79.9, 84.0]),
        },
        right=right,
        mistakes=[
            (
                lambda one, two: difference(one, two) > 0,
                lambda one, two: (
                    f"You compare the means alone. With other seeds the higher one may be the lower. {facts(one, two)}"
                ),
            ),
            (
                lambda one, two: max(two) > max(one),
                lambda one, two: f"You compare the best run of each, and the best of five is luck. {facts(one, two)}",
            ),
            (
                lambda one, two: two[0] > one[0],
                lambda one, two: f"You compare one run with one run, {two[0]} with {one[0]}. {facts(one, two)}",
            ),
            (
                lambda one, two: min(two) > max(one),
                lambda one, two: (
                    f"You ask that every run of one model beats every run of the other. Spreads may overlap and the "
                    f"means differ all the same. {facts(one, two)}"
                ),
            ),
            (
                lambda one, two: abs(difference(one, two)) > 2.3 * error(one, two),
                lambda one, two: f"You lose the sign: a second model that is worse passes too. {facts(one, two)}",
            ),
            (
                lambda one, two: difference(one, two) > error(one, two),
                lambda one, two: (
                    f"One standard error is too few: chance alone gets that far one time in six. {facts(one, two)}"
                ),
            ),
            (
                lambda one, two: difference(one, two) > 2.3 * error(one, two) * math.sqrt(len(one)),
                lambda one, two: (
                    f"You use the spread of single runs. A mean of {len(one)} runs is more certain: divide each "
                    f"standard deviation by the root of {len(one)}. {facts(one, two)}"
                ),
            ),
            (
                lambda one, two: difference(one, two) > 2.3 * error(one, two) * math.sqrt(1 - 1 / len(one)),
                lambda one, two: (
                    f"You divide by {len(one)} in the standard deviation. For a sample of {len(one)} divide by "
                    f"{len(one) - 1}, as statistics.stdev does. {facts(one, two)}"
                ),
            ),
            (
                lambda one, two: (
                    difference(one, two)
                    > 2.3 * sum(statistics.stdev(runs) / math.sqrt(len(runs)) for runs in (one, two))
                ),
                lambda one, two: (
                    f"You add the two uncertainties. They add up like the sides of a right angle: square, add, take "
                    f"the root. {facts(one, two)}"
                ),
            ),
        ],
        because="A difference says something next to its standard error only, whichever model you expect to win.",
        about="Return True where the mean of two is higher than that of one by more than 2.3 standard errors.",
        is_function=True,
    )
