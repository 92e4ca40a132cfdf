"""The exercises of lesson 04: the share of padding, steps that a recurrence takes, and a mask."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from lessons_lib.checks import Key, exercise


@exercise()
def share_of_padding() -> Key:
    """Which share of the cells is padding, in one batch and in two?"""

    def pads(batch: list[int]) -> int:
        return len(batch) * max(batch) - sum(batch)

    def cells(batch: list[int]) -> int:
        return len(batch) * max(batch)

    def right(*batches: list[int]) -> float:
        return sum(map(pads, batches)) / sum(map(cells, batches))

    def longest(batches: tuple[list[int], ...]) -> int:
        return max(map(max, batches))

    return Key(
        cases={"one batch": ([10, 2, 4, 8],), "two batches": ([2, 4], [8, 10])},
        right=right,
        mistakes=[
            (
                lambda *batches: 1 - right(*batches),
                "That is the share of the cells that hold tokens. Which part is left?",
            ),
            (
                lambda *batches: sum(pads(batch) / cells(batch) for batch in batches) / len(batches),
                lambda *batches: (
                    f"You take the mean of {len(batches)} shares. The batches differ in size, {cells(batches[0])} and "
                    f"{cells(batches[-1])} cells, so count all pads and all cells first, and divide once."
                ),
            ),
            (
                lambda *batches: 1 - sum(map(sum, batches)) / (longest(batches) * sum(map(len, batches))),
                lambda *batches: (
                    f"You make both batches {longest(batches)} wide. Each batch is only as wide as its own longest "
                    f"review, {' and '.join(str(max(batch)) for batch in batches)}."
                ),
            ),
            (
                lambda *batches: float(sum(map(pads, batches))),
                lambda *batches: (
                    f"{sum(map(pads, batches))} is the number of pads. Divide it by the number of all cells."
                ),
            ),
            (
                lambda *batches: sum(map(pads, batches)) / sum(map(sum, batches)),
                lambda *batches: (
                    f"You divide the pads by the {sum(map(sum, batches))} tokens. The share is that of all "
                    f"{sum(map(cells, batches))} cells, tokens and pads."
                ),
            ),
            (
                lambda *batches: sum(pads(batch) / cells(batch) for batch in batches),
                "You add the shares. Count all pads and all cells first, and divide once.",
            ),
            (lambda *batches: 100 * right(*batches), "That is the percentage. Give the share, a number from 0 to 1."),
        ],
        because="Pads over cells. Each batch is only as wide as its own longest review, which is why sorting helps.",
        about="Give a number from 0 to 1: all pads over all cells, where a batch is as wide as its longest review.",
    )


@exercise(1)
def steps_taken() -> Key:
    """How many steps does an LSTM take for each review of a padded batch?"""
    embedding, lstm = nn.Embedding(9, 4, padding_idx=0), nn.LSTM(4, 4, batch_first=True)

    def right(*lengths: int) -> list[int]:
        tokens = pad_sequence([torch.randint(1, 9, (length,)) for length in lengths], batch_first=True)
        states, _ = lstm(embedding(tokens))
        before = torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1)
        return (states != before).any(dim=2).sum(dim=1).tolist()

    def short(lengths: tuple[int, ...]) -> str:
        return f"The shortest review, of length {min(lengths)}, has {max(lengths) - min(lengths)} pads behind it"

    return Key(
        cases={"lengths 5, 12, 8": (5, 12, 8), "lengths 3, 20, 1, 6": (3, 20, 1, 6)},
        right=right,
        mistakes=[
            (
                lambda *lengths: list(lengths),
                lambda *lengths: (
                    f"You let the LSTM skip the pads. padding_idx=0 only makes their vector zero. {short(lengths)}, "
                    f"each of them one more step, which changes the state."
                ),
            ),
            (
                lambda *lengths: [max(lengths) - length for length in lengths],
                lambda *lengths: f"You count the pads. {short(lengths)}, but its tokens are read too.",
            ),
            (
                lambda *lengths: [max(lengths) - 1] * len(lengths),
                "One step short. The first column is a step as well: it begins with the zero state.",
            ),
            (
                lambda *lengths: [max(lengths) + 1] * len(lengths),
                "One step too many. The zero state is there before the first column: it takes no step.",
            ),
            (
                lambda *lengths: [2 * max(lengths) - length for length in lengths],
                "You count the pads twice. Tokens and pads together make up one row.",
            ),
            (
                lambda *lengths: [min(lengths)] * len(lengths),
                "The batch is as wide as its longest review, not as its shortest.",
            ),
        ],
        because="Every column is a step for every review, pads included. Only packing takes fewer.",
        about="Give one number for each review. How many columns has the batch, and does the LSTM leave out any?",
    )


@exercise()
def mask() -> Key:
    """Write the mask that is True at tokens and False at pads."""

    def right(lengths: Tensor, time: int) -> Tensor:
        return torch.arange(time) < lengths.unsqueeze(1)

    return Key(
        cases={
            "lengths 2, 4, 1 and 5 columns": (torch.tensor([2, 4, 1]), 5),
            "lengths 6, 3 and 6 columns": (torch.tensor([6, 3]), 6),
        },
        right=right,
        mistakes=[
            (
                lambda lengths, time: torch.arange(time) <= lengths.unsqueeze(1),
                lambda lengths, time: (
                    f"One column too many. A review of {int(lengths[0])} tokens fills the columns 0 to "
                    f"{int(lengths[0]) - 1}."
                ),
            ),
            (
                lambda lengths, time: ~right(lengths, time),
                "The other way round: your mask is True at the pads.",
            ),
            (
                lambda lengths, time: torch.arange(time) > lengths.unsqueeze(1),
                "The other way round: your mask is True at pads, and not at all of them.",
            ),
            (
                lambda lengths, time: right(lengths, time).flip(1),
                "The tokens stand at the right end in your mask. Pads come behind the tokens, not in front.",
            ),
            (
                lambda lengths, time: right(lengths, int(lengths.max())),
                lambda lengths, time: (
                    f"Your mask has {int(lengths.max())} columns, as many as the longest review has tokens. The batch "
                    f"has {time}."
                ),
            ),
            (
                lambda lengths, time: torch.arange(time) == lengths.unsqueeze(1) - 1,
                "Your mask is True at the last token only. All the tokens before it count too.",
            ),
            (
                lambda lengths, time: torch.zeros(len(lengths), time),
                "Your mask is False everywhere. At the tokens it has to be True.",
            ),
            (
                lambda lengths, time: right(lengths, time).T,
                lambda lengths, time: (
                    f"Your mask is [time, batch], {time} by {len(lengths)}. One row for each review is asked for."
                ),
            ),
            (
                lambda lengths, time: torch.arange(time) < lengths.unsqueeze(1) - 1,
                "One column short. The last token of each review is False in your mask.",
            ),
            (
                lambda lengths, time: right(lengths.flip(0), time),
                "The rows stand in the wrong order.",
            ),
            (
                lambda lengths, time: torch.ones(len(lengths), time),
                "Your mask is True everywhere. Behind the last token of a review it has to be False.",
            ),
        ],
        because="A column holds a token as long as its number is smaller than the length of the review.",
        about="Return [batch, time], one row for each review: True in as many columns as it has tokens, then False.",
        is_function=True,
    )
