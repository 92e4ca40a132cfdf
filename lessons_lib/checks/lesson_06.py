"""The exercises of lesson 06: shapes, last states, pads, and what is carried from text to text."""

import torch
from torch import Tensor, nn

from lessons_lib.checks import Key, exercise


@exercise(3, 4, 5)
def hidden_shape() -> Key:
    """Which shape has ``hidden``? Two layers that differ in every size."""

    def run(layer: nn.RNNBase, batch: int, time: int) -> tuple[Tensor, Tensor]:
        return layer(torch.rand(batch, time, layer.input_size))

    return Key(
        cases={
            "the GRU": (nn.GRU(10, 7, num_layers=2, batch_first=True), 4, 6),
            "the RNN": (nn.RNN(3, 8, num_layers=3, batch_first=True), 5, 9),
        },
        right=lambda *case: tuple(run(*case)[1].shape),
        mistakes=[
            (
                lambda *case: tuple(run(*case)[1].transpose(0, 1).shape),
                lambda layer, batch, time: (
                    f"batch_first=True does not reorder hidden. It applies to the input and to output only: in hidden "
                    f"the {layer.num_layers} layers come first, and the {batch} texts second."
                ),
            ),
            (
                lambda *case: tuple(run(*case)[0].shape),
                lambda layer, batch, time: (
                    f"That is the shape of output: the top layer at all {time} steps. hidden holds no steps, "
                    f"it holds the last state of each of the {layer.num_layers} layers."
                ),
            ),
            (
                lambda *case: tuple(run(*case)[1][-1].shape),
                lambda layer, batch, time: (
                    f"That is the shape of hidden[-1], the top layer alone. hidden holds all {layer.num_layers} layers."
                ),
            ),
            (
                lambda layer, batch, time: (layer.num_layers, batch, time),
                lambda layer, batch, time: (
                    f"You end with {time}, the number of words. hidden_size is not the length of a text: a state has "
                    f"{layer.hidden_size} numbers, however long the text."
                ),
            ),
            (
                lambda layer, batch, time: (1, batch, layer.hidden_size),
                lambda layer, batch, time: (
                    f"num_layers is {layer.num_layers}. hidden holds the last state of each layer."
                ),
            ),
            (
                lambda layer, batch, time: (layer.num_layers, layer.hidden_size),
                lambda layer, batch, time: (
                    f"You have one state for each layer. Each of the {batch} texts has its own, in each layer."
                ),
            ),
            (
                lambda layer, batch, time: (layer.num_layers, batch, layer.input_size),
                lambda layer, batch, time: (
                    f"You end with {layer.input_size}, the numbers of a word vector. A state has hidden_size numbers."
                ),
            ),
            (
                lambda layer, batch, time: (layer.num_layers, time, layer.hidden_size),
                lambda layer, batch, time: (
                    f"With batch_first=True the layer reads {batch} texts of {time} words, and hidden has a state for "
                    f"each text. You have one for each of the {time} words."
                ),
            ),
        ],
        because="Layers, texts, numbers in a state: the number of words is not in it, and batch_first changes nothing.",
        about="Three sizes make up the shape: numbers in a state, texts, layers. In which order does hidden have them?",
    )


@exercise(2)
def last_states() -> Key:
    """Take the last state of each text from the output of a padded batch."""

    def at(output: Tensor, steps: Tensor) -> Tensor:
        return output[torch.arange(len(output)), steps]

    def right(output: Tensor, lengths: Tensor) -> Tensor:
        return at(output, lengths - 1)

    def why_not_the_edge(output: Tensor, lengths: Tensor) -> str:
        short, length, time = int(lengths.argmin()), int(lengths.min()), output.shape[1]
        return (
            f"That is output[:, -1]. Text {short} has {length} words, so its last state is at step {length - 1}, and "
            f"you take it at step {time - 1}, after {time - length} pads. Each pad has moved it."
        )

    return Key(
        cases={
            "3 texts of 5, 2 and 4 words": (torch.rand(3, 5, 6), torch.tensor([5, 2, 4])),
            "4 texts of 1, 7, 3 and 6 words": (torch.rand(4, 7, 4), torch.tensor([1, 7, 3, 6])),
        },
        right=right,
        mistakes=[
            (lambda output, lengths: output[:, -1], why_not_the_edge),
            (
                lambda output, lengths: output[:, lengths - 1],
                lambda output, lengths: (
                    f"output[:, lengths - 1] takes every step for every text, {len(output)} x {len(output)} states. "
                    f"Name the texts in place of the colon, so that text and step are paired."
                ),
            ),
            (
                lambda output, lengths: at(output, lengths % output.shape[1]),
                lambda output, lengths: (
                    f"One step late. Steps are counted from 0: the last of {int(lengths.min())} words is at step "
                    f"{int(lengths.min()) - 1}."
                ),
            ),
            (
                lambda output, lengths: at(output, lengths - 2),
                lambda output, lengths: (
                    f"One step early. The last of {int(lengths.max())} words is at step {int(lengths.max()) - 1}."
                ),
            ),
            (
                lambda output, lengths: output[-1],
                "output[-1] is the last text with all its steps. With batch_first=True the first dimension counts "
                "texts, and you need one state of each.",
            ),
            (lambda output, lengths: output[:, 0], "That is the state after each text's first word. Read the last."),
            (
                lambda output, lengths: output[:, int(lengths.min()) - 1],
                lambda output, lengths: (
                    f"You read all texts at step {int(lengths.min()) - 1}, where the shortest ends. The others "
                    f"go on: each text has a last step of its own."
                ),
            ),
        ],
        because="Each text is read at its own last word, so that no pad has touched the state.",
        about="Return [texts, numbers]: from each text the state at its last word, which its length tells.",
        is_function=True,
    )


@exercise(1, 2)
def true_last_states() -> Key:
    """Of which texts in a padded batch is ``hidden[-1]`` the true last state?"""
    vocab_size, size = 12, 8
    embedding = nn.Embedding(vocab_size, size, padding_idx=0)
    rnn = nn.RNN(size, size, batch_first=True)

    def right(*lengths: int) -> set[int]:
        texts = [torch.randint(1, vocab_size, (length,)) for length in lengths]
        _, hidden = rnn(embedding(nn.utils.rnn.pad_sequence(texts, batch_first=True)))
        alone = [rnn(embedding(text.unsqueeze(0)))[1][-1, 0] for text in texts]
        return {i for i, state in enumerate(alone) if torch.allclose(state, hidden[-1, i], atol=1e-5)}

    def why_not_all(*lengths: int) -> str:
        short = lengths.index(min(lengths))
        return (
            f"padding_idx=0 makes the vector of a pad zero, and the recurrence takes a step all the same. Text {short} "
            f"has {lengths[short]} words, and hidden[-1] is its state after {max(lengths) - lengths[short]} more steps."
        )

    return Key(
        cases={"lengths 7, 3, 7, 5": (7, 3, 7, 5), "lengths 2, 9, 4": (2, 9, 4)},
        right=right,
        mistakes=[
            (lambda *lengths: set(range(len(lengths))), why_not_all),
            (
                lambda *lengths: {i for i, length in enumerate(lengths) if length < max(lengths)},
                "The other way round. Which texts have pads behind them, and what do pads do to a state?",
            ),
            (lambda *lengths: set(), "The longest text fills its row: no pad stands behind it. Which one is it?"),
            (
                lambda *lengths: {i + 1 for i, length in enumerate(lengths) if length == max(lengths)},
                "You have the right texts in mind, but count them from 1. Python counts from 0.",
            ),
            (lambda *lengths: {max(lengths)}, "You name a length. Name the texts that have it, counted from 0."),
            (
                lambda *lengths: {len(lengths) - 1},
                "You name the last text. hidden[-1] is the last layer, with one state for each text in the batch.",
            ),
            (
                lambda *lengths: {lengths.index(max(lengths))},
                lambda *lengths: f"More than one text has {max(lengths)} words.",
            ),
        ],
        because="Only a text without pads keeps its state to the last column. padding_idx skips no step.",
        about="Name the texts, counted from 0, behind which there is no pad.",
    )


@exercise(5)
def in_two_pieces() -> Key:
    """Read a text in two pieces, with the same result as in one."""

    def right(rnn: nn.RNN, first: Tensor, second: Tensor) -> Tensor:
        return rnn(second, rnn(first)[1])[1]

    def case(batch: int, times: tuple[int, int], size: int, hidden: int, layers: int) -> tuple[nn.RNN, Tensor, Tensor]:
        rnn = nn.RNN(size, hidden, num_layers=layers, batch_first=True)
        return rnn, *torch.rand(batch, sum(times), size).split(times, dim=1)

    return Key(
        cases={
            "one text, cut after 3 of 7 words": case(1, (3, 4), 5, 6, 1),
            "4 texts, cut after 6 of 8 words, and 2 layers": case(4, (6, 2), 3, 8, 2),
        },
        right=right,
        mistakes=[
            (
                lambda rnn, first, second: rnn(second)[1],
                lambda rnn, first, second: (
                    f"That is the state after the last {second.shape[1]} words alone. A layer keeps nothing from one "
                    f"call to the next: the state starts at zero each time, unless you hand one in."
                ),
            ),
            (
                lambda rnn, first, second: rnn(first)[1],
                lambda rnn, first, second: f"That is the state after the first {first.shape[1]} words only.",
            ),
            (lambda rnn, first, second: rnn(first)[1] + rnn(second)[1], "You add two states. Read on from the first."),
            (
                lambda rnn, first, second: rnn(first, rnn(second)[1])[1],
                "You read the second piece first. The order of the words matters to a recurrence.",
            ),
            (
                lambda rnn, first, second: torch.cat([rnn(first)[1], rnn(second)[1]]),
                "You put two states one behind the other. Read the second piece on from the state of the first.",
            ),
            (
                lambda rnn, first, second: right(rnn, first, second)[-1],
                "That is the last state of the top layer alone. hidden holds one of each layer.",
            ),
            (
                lambda rnn, first, second: right(rnn, first, second).transpose(0, 1),
                "You put the texts first. hidden has the layers first, with batch_first=True too.",
            ),
            (
                lambda rnn, first, second: rnn(second, rnn(first)[1])[0],
                "You return output, the states of all steps. hidden, the last state of each layer, is asked for.",
            ),
        ],
        because="A state lives as long as one call. Handed in, it lets the second piece go on where the first ended.",
        about="Return hidden, [layers, texts, numbers], as one call on the whole text would. A call returns a pair.",
        is_function=True,
    )
