"""The exercises of lesson 08: where the last states of two directions are; and from seeds: is a model better?"""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lessons_lib.checks import Key, exercise
from lessons_lib.checks.seeds import is_better

__all__ = ["both_ends", "is_better", "join_directions"]


@exercise(3)
def join_directions() -> Key:
    """Join the two last states of the top layer."""

    def right(hidden: Tensor) -> Tensor:
        return torch.cat([hidden[-2], hidden[-1]], dim=1)

    return Key(
        cases={"2 layers, 3 reviews": (torch.rand(4, 3, 6),), "1 layer, 5 reviews": (torch.rand(2, 5, 4),)},
        right=right,
        mistakes=[
            (
                lambda hidden: hidden[-1],
                lambda hidden: (
                    f"hidden[-1] is the backward reader alone, {hidden.shape[2]} numbers for each review. The forward "
                    f"one was computed and is thrown away."
                ),
            ),
            (
                lambda hidden: hidden[-2],
                lambda hidden: f"hidden[-2] is the forward reader alone, {hidden.shape[2]} numbers for each review.",
            ),
            (
                lambda hidden: torch.cat([hidden[0], hidden[1]], dim=1),
                "hidden[0] and hidden[1] are the lower layer. With one layer that is the top one too, with two it is "
                "not. Count from the end.",
            ),
            (
                lambda hidden: torch.cat([hidden[-1], hidden[-2]], dim=1),
                "Both readers are there, the backward one first. Put the forward one first, as nn.LSTM does in output.",
            ),
            (
                lambda hidden: torch.cat([hidden[-2], hidden[-1]], dim=0),
                lambda hidden: (
                    f"You put the readers below each other, {2 * hidden.shape[1]} rows for {hidden.shape[1]} reviews. "
                    f"Join them along the other dimension, so that a review is one row."
                ),
            ),
            (
                lambda hidden: hidden[-2:].reshape(hidden.shape[1], -1),
                "The shape is right, the rows are not. The direction comes before the batch in hidden, so reshape "
                "fills a row with states of two reviews.",
            ),
            (
                lambda hidden: hidden[-2:],
                "You have the right two states, but still apart. Put them side by side, so that a review is one row.",
            ),
            (
                lambda hidden: hidden.reshape(hidden.shape[1], -1),
                "reshape cuts hidden up in its own order, layers and directions first, so that a row mixes "
                "reviews. Take the two states that you need, and join them.",
            ),
            (
                lambda hidden: torch.cat(list(hidden), dim=1),
                lambda hidden: (
                    f"You join all {len(hidden)} states of a review. Each layer reads the one below it, and only the "
                    f"top layer is asked for."
                ),
            ),
            (
                lambda hidden: hidden[-2] + hidden[-1],
                "You add the two readers, and nobody can tell any more what each of them said. Put them side by side.",
            ),
            (
                lambda hidden: hidden[:, -1],
                "hidden[:, -1] is the last review, in all layers and directions. batch_first does not reorder hidden.",
            ),
        ],
        because="The last two entries are the top layer, forward and then backward, however many layers there are.",
        about="Return [batch, 2 * numbers]: the last states of the forward and the backward reader in the top layer.",
        is_function=True,
    )


@exercise(2, 3)
def both_ends() -> Key:
    """Find the two last states in the output of a packed batch."""

    def output_of(lengths: Tensor, size: int) -> Tensor:
        layer = nn.LSTM(3, size, batch_first=True, bidirectional=True)
        x = torch.rand(len(lengths), int(lengths.max()), 3)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(layer(packed)[0], batch_first=True)[0].detach()

    def at_last_word(output: Tensor, lengths: Tensor) -> Tensor:
        return output[torch.arange(len(output)), lengths - 1]

    def right(output: Tensor, lengths: Tensor) -> Tensor:
        size = output.shape[2] // 2
        return torch.cat([at_last_word(output, lengths)[:, :size], output[:, 0, size:]], dim=1)

    def forward_at_edge(output: Tensor, lengths: Tensor) -> Tensor:
        size = output.shape[2] // 2
        return torch.cat([output[:, -1, :size], output[:, 0, size:]], dim=1)

    cases = [torch.tensor([6, 2, 4]), torch.tensor([3, 7, 5, 1])]
    return Key(
        cases={
            f"reviews of {', '.join(map(str, lengths.tolist()))} words": (output_of(lengths, size), lengths)
            for lengths, size in zip(cases, (4, 5), strict=True)
        },
        right=right,
        mistakes=[
            (
                lambda output, lengths: output[:, -1],
                lambda output, lengths: (
                    f"output[:, -1] is the last column. The review of {int(lengths.min())} words has ended before it, "
                    f"so there are zeros. And of the longest review the backward reader has read 1 word of "
                    f"{int(lengths.max())} there: it begins at the end."
                ),
            ),
            (
                at_last_word,
                lambda output, lengths: (
                    f"The forward half is right. The backward reader begins at the last word, so there it has read 1 "
                    f"word of {int(lengths.max())} in the longest review. Where has it read all of them?"
                ),
            ),
            (
                lambda output, lengths: output[:, 0],
                "The backward half is right. The forward reader has read one word at step 0: where has it read all?",
            ),
            (
                forward_at_edge,
                lambda output, lengths: (
                    f"The backward half is right. The forward half is read in the last column, and the review of "
                    f"{int(lengths.min())} words has ended before it: there are zeros."
                ),
            ),
            (
                lambda output, lengths: right(output, lengths).roll(output.shape[2] // 2, dims=1),
                "Both states are the right ones, the backward one first. Put the forward one first, as in output.",
            ),
            (
                lambda output, lengths: right(output, lengths)[:, : output.shape[2] // 2],
                "That is the forward reader alone. The second half of output belongs to the backward one.",
            ),
            (
                lambda output, lengths: right(output.roll(output.shape[2] // 2, dims=2), lengths),
                "You take the halves the wrong way round: in output the forward reader comes first.",
            ),
        ],
        because="Each reader is asked where it has read the whole review: at the last word, and at the first.",
        about="Return [batch, 2 * numbers]: each half of output where its reader has read the whole review.",
        is_function=True,
    )
