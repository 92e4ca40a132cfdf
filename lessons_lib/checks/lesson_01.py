"""The exercises of lesson 01: a stream that ends, parts of an unshuffled list, and the score of knowing nothing."""

from collections import Counter
from collections.abc import Sequence

from lessons_lib.checks import Key, exercise


@exercise()
def reviews_per_epoch() -> Key:
    """How many reviews does each of three epochs see, from a stream and from a list, after a look at the first one?"""
    epochs = 3

    def right(is_list: bool, count: int) -> list[int]:
        stream = iter(range(count))
        next(stream)
        source = list(stream) if is_list else stream
        return [sum(1 for _ in source) for _ in range(epochs)]

    return Key(
        cases={"the stream": (False, 3000), "the list": (True, 3000)},
        right=right,
        mistakes=[
            (
                lambda is_list, count: [count] * epochs if is_list else [count, 0, 0],
                lambda is_list, count: (
                    f"next(stream) has taken a review out of the stream, and nothing puts it back: {count - 1:,} are "
                    f"left for whatever comes next."
                ),
            ),
            (
                lambda is_list, count: [count - 1] * epochs,
                lambda is_list, count: (
                    f"You let the stream begin anew. It goes on where it is: the first epoch takes the {count - 1:,} "
                    f"that are left, and then it is at its end, without an error."
                ),
            ),
            (
                lambda is_list, count: [count] * epochs,
                lambda is_list, count: (
                    "You let the stream begin anew for each epoch. A stream has no way back: not behind next(stream), "
                    "and not behind its end."
                ),
            ),
            (
                lambda is_list, count: [count - 1, count, count],
                "You let the stream begin anew with the second epoch. Behind its end there is nothing.",
            ),
            (
                lambda is_list, count: [count - 1, 0, 0],
                "You let the list run empty as well. A list keeps what it holds: each for loop begins at its start.",
            ),
            *(
                (
                    lambda is_list, count, first=first: [count // epochs - first, *[count // epochs] * (epochs - 1)],
                    f"You share the reviews out over the {epochs} epochs. A for loop goes on until there are none "
                    f"left.",
                )
                for first in (0, 1)
            ),
            (
                lambda is_list, count: right(not is_list, count),
                "The two have changed places: first the stream, then the list.",
            ),
        ],
        because="A stream ends once and stays ended. The list keeps what was left in the stream when it was made.",
        about="Give three numbers for each. What has next(stream) done, and where does each for loop begin?",
    )


@exercise(9)
def positives_in_part() -> Key:
    """How many positive reviews does each part of an unshuffled list hold?"""
    labels = ["neg"] * 12_500 + ["pos"] * 12_500

    def right(part: slice) -> int:
        return labels[part].count("pos")

    def why_not_half(part: slice) -> str:
        start, stop, _ = part.indices(len(labels))
        return (
            f"You take half of each part, as if the list were shuffled. It is not: this part begins at place "
            f"{start:,} and ends before place {stop:,}, and the positive ones begin at place {labels.index('pos'):,}."
        )

    return Key(
        cases={
            "imdb[:1000]": (slice(1000),),
            "imdb[12000:13000]": (slice(12_000, 13_000),),
            "imdb[-5000:]": (slice(-5000, None),),
            "imdb[::5]": (slice(None, None, 5),),
        },
        right=right,
        mistakes=[
            (lambda part: len(labels[part]) // 2, why_not_half),
            (
                lambda part: labels[part].count("neg"),
                "Those are the negative ones. The archive holds every neg before every pos.",
            ),
            (
                lambda part: len(labels[part]),
                lambda part: f"{len(labels[part]):,} is the number of all reviews in that part. How many are positive?",
            ),
            (
                lambda part: right(part) / len(labels[part]),
                "Those are shares. Give numbers of reviews.",
            ),
            (
                lambda part: 100 * right(part) / len(labels[part]),
                "Those are percentages. Give numbers of reviews.",
            ),
            *(
                (
                    lambda part, off=off: right(part) + off,
                    f"One too {'many' if off > 0 else 'few'}. Place 12,499 is the last negative one, place 12,500 the "
                    f"first positive one, and a slice ends before its second number.",
                )
                for off in (1, -1)
            ),
            (
                lambda part: labels[: len(labels[part])].count("pos"),
                lambda part: (
                    f"You take the first {len(labels[part]):,} reviews of the list. At which places do those of this "
                    f"part stand?"
                ),
            ),
        ],
        because="A part of an unshuffled list has the labels of its place, however large it is.",
        about="Places 0 to 12,499 are neg, places 12,500 to 24,999 are pos. A minus counts places from the end, and a "
        "third number is the step.",
    )


@exercise(9)
def score_of_nothing() -> Key:
    """What does a model score that always says the commonest label of its training part?"""

    def commonest(labels: Sequence[object]) -> object:
        return Counter(labels).most_common(1)[0][0]

    def right(train: list[object], valid: list[object]) -> float:
        return valid.count(commonest(train)) / len(valid)

    def told(train: list[object], valid: list[object]) -> str:
        return f"The training part is {dict(Counter(train))}, the validation part {dict(Counter(valid))}."

    return Key(
        cases={
            "a loader with one label": (["neg"] * 8, ["neg"] * 2),
            "an unshuffled cut": (["neg"] * 6 + ["pos"] * 2, ["pos"] * 4),
            "a shuffled split": (
                ["pos", "neg", "pos", "pos", "neg", "pos", "neg", "pos", "neg"],
                ["neg", "pos", "pos", "neg", "pos"],
            ),
            "the label codes 1 and 2": ([1, 2, 2, 1, 2], [1, 1, 2, 1]),
        },
        right=right,
        mistakes=[
            (
                lambda train, valid: valid.count(commonest(valid)) / len(valid),
                lambda train, valid: (
                    f"You let the model know the commonest label of the validation part. It has seen the training part "
                    f"only. {told(train, valid)} What does it say, and how often is that right?"
                ),
            ),
            (
                lambda train, valid: valid.count(commonest(train)) / len(train),
                lambda train, valid: (
                    f"You divide by the {len(train)} training labels. It was asked {len(valid)} times."
                ),
            ),
            (
                lambda train, valid: train.count(commonest(train)) / len(train),
                lambda train, valid: f"That is its score on the training part. {told(train, valid)}",
            ),
            (
                lambda train, valid: 0.5,
                lambda train, valid: (
                    f"Half is the score of knowing nothing only where both parts hold both labels equally often. "
                    f"{told(train, valid)}"
                ),
            ),
            (
                lambda train, valid: 1.0,
                lambda train, valid: (
                    f"You return 1, and a perfect score is no rule. {told(train, valid)} How often is the label that "
                    f"the model says the right one?"
                ),
            ),
            (
                lambda train, valid: valid.count("pos") / len(valid),
                lambda train, valid: f"You count pos. Which label does the model say? {told(train, valid)}",
            ),
            (
                lambda train, valid: valid.count("neg") / len(valid),
                lambda train, valid: f"You count neg. Which label does the model say? {told(train, valid)}",
            ),
            (
                lambda train, valid: valid.count(train[0]) / len(valid),
                lambda train, valid: (
                    f"You take the first label of the training part, not the commonest. {told(train, valid)}"
                ),
            ),
            (
                lambda train, valid: valid.count(max(train)) / len(valid),
                lambda train, valid: (
                    f"max(train) is the largest label, {max(train)!r}, and not the commonest. {told(train, valid)}"
                ),
            ),
            (
                lambda train, valid: valid.count(Counter(train).most_common()[-1][0]) / len(valid),
                lambda train, valid: f"You take the rarest label of the training part. {told(train, valid)}",
            ),
            (
                lambda train, valid: Counter(train).most_common(1)[0][1] / len(valid),
                lambda train, valid: (
                    f"You divide how often the commonest label stands in train, {train.count(commonest(train))} times, "
                    f"by the size of valid. How often does that label stand in valid?"
                ),
            ),
            (
                lambda train, valid: (train + valid).count(commonest(train + valid)) / len(train + valid),
                "You put both parts together. The model learns from one and is asked about the other.",
            ),
            (
                lambda train, valid: float(valid.count(commonest(train))),
                "You return how many it gets right. An accuracy is a share: divide by the size of the validation part.",
            ),
            (lambda train, valid: 1 - right(train, valid), "That is the share that it gets wrong."),
            (lambda train, valid: 100 * right(train, valid), "That is the percentage. Return a share from 0 to 1."),
        ],
        because="Knowing nothing scores 1.0 on one label and 0.0 on the unshuffled cut: look at the labels first.",
        about="Return a share from 0 to 1. Which label does the model say, and how often is that right on valid?",
        is_function=True,
    )
