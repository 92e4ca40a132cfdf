"""The exercises of lesson 07: what a gate keeps, probabilities, an accuracy; and from seeds: is a number news?"""

import copy
import statistics

import torch
from torch import Tensor, nn

from lessons_lib.checks import Key, exercise
from lessons_lib.checks.seeds import is_news

__all__ = ["accuracy", "is_news", "memory_left", "probabilities"]

Batches = list[tuple[Tensor, Tensor]]


@exercise()
def memory_left() -> Key:
    """What a forget gate leaves of the memory after many words."""

    def right(gate: float, words: int) -> float:
        return gate**words

    return Key(
        cases={"0.97 and 100 words": (0.97, 100), "0.8 and 10 words": (0.8, 10)},
        right=right,
        mistakes=[
            (
                lambda gate, words: gate,
                lambda gate, words: (
                    f"{gate} is left after one word. At each of the {words} words the rest shrinks again."
                ),
            ),
            (
                lambda gate, words: 1 - gate**words,
                "That is the part that is forgotten. What is left?",
            ),
            (
                lambda gate, words: 1 - words * (1 - gate),
                lambda gate, words: (
                    f"You take away {1 - gate:.2f} at each word, and after {words} words you are below zero. The gate "
                    f"multiplies what is there, so less and less is lost."
                ),
            ),
            (
                lambda gate, words: gate * words,
                lambda gate, words: f"{gate} times {words} is more than there was. The gate multiplies {words} times.",
            ),
            (
                lambda gate, words: gate / words,
                lambda gate, words: f"You divide by {words}. At each word what is left is multiplied by {gate}.",
            ),
            (
                lambda gate, words: gate ** (words - 1),
                lambda gate, words: f"That is left after {words - 1} words. Word number {words} multiplies once more.",
            ),
            (
                lambda gate, words: gate ** (words + 1),
                lambda gate, words: f"That is one multiplication too many: {words + 1} for {words} words.",
            ),
            (
                lambda gate, words: words**gate,
                lambda gate, words: (
                    f"You raise {words} to the power of {gate}. It is the gate that is multiplied {words} times."
                ),
            ),
            (lambda gate, words: 100 * gate**words, "That is the percentage. Give the part, a number from 0 to 1."),
        ],
        because="The factors multiply, so even a gate that is nearly open forgets over a long review.",
        about="Give a number from 0 to 1: what is left of 1.0 after that many multiplications by the gate.",
    )


@exercise(10)
def probabilities() -> Key:
    """Ask a model with dropout for P(positive)."""

    def logits(model: nn.Module, x: Tensor, training: bool = False) -> Tensor:
        torch.default_generator.manual_seed(1)  # dropout draws as it does for the learner's function
        return copy.deepcopy(model).train(training)(x)

    def right(model: nn.Module, x: Tensor) -> Tensor:
        return logits(model, x).sigmoid().squeeze(1)

    def forgot_eval(model: nn.Module, x: Tensor) -> Tensor:
        return logits(model, x, training=True).sigmoid().squeeze(1)

    dropped = (
        "The model is still in training mode: its dropout sets half of the numbers to 0, at random, and the next call "
        "gives other answers. Switch the mode before you ask."
    )
    model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Dropout(0.5), nn.Linear(32, 1))
    return Key(
        cases={"5 reviews": (model, torch.rand(5, 6)), "1 review": (model, torch.rand(1, 6))},
        right=right,
        mistakes=[
            (forgot_eval, dropped),
            (lambda model, x: logits(model, x, training=True).squeeze(1), f"{dropped} And the sigmoid is missing."),
            (lambda model, x: logits(model, x, training=True).sigmoid(), dropped),
            (
                lambda model, x: logits(model, x).squeeze(1),
                lambda model, x: (
                    f"These are logits. The first is {logits(model, x)[0].item():.2f}: a number on an open scale. "
                    f"Which function makes a probability of it?"
                ),
            ),
            (
                lambda model, x: logits(model, x, training=True),
                lambda model, x: (
                    f"That is what the model returns: logits, in the shape [{len(x)}, 1], and made in training mode. "
                    f"Mode, scale and shape are up to you."
                ),
            ),
            (
                lambda model, x: logits(model, x),
                lambda model, x: (
                    f"These are logits, and in the shape [{len(x)}, 1]. Scale and shape are still up to you."
                ),
            ),
            (lambda model, x: 1 - right(model, x), "That is P(negative). A logit above 0 speaks for positive."),
            (
                lambda model, x: right(model, x).sigmoid(),
                lambda model, x: (
                    f"Two sigmoids. The first makes {right(model, x)[0].item():.2f} of the logit, and the second "
                    f"makes {right(model, x).sigmoid()[0].item():.2f} of that. After two, no answer lies below 0.5."
                ),
            ),
            (
                lambda model, x: logits(model, x).sigmoid().squeeze(),
                "Right for several reviews. With a single one a bare squeeze() removes the batch dimension too: "
                "name the dimension that is to go.",
            ),
            (
                lambda model, x: logits(model, x).sigmoid(),
                lambda model, x: (
                    f"The numbers are right, in the shape [{len(x)}, 1]. Next to labels of shape [{len(x)}] it "
                    f"would broadcast to a table. Remove the last dimension."
                ),
            ),
            (
                lambda model, x: logits(model, x).softmax(dim=1).squeeze(1),
                "A softmax shares 1 among the numbers of a row. Here a row is one logit, so it gets all of it: 1 for "
                "every review. For one logit take the sigmoid.",
            ),
            (
                lambda model, x: logits(model, x).softmax(dim=0).squeeze(1),
                "Your softmax shares 1 among the reviews of the batch, so they depend on one another. Each review has "
                "a probability of its own: take the sigmoid.",
            ),
            (
                lambda model, x: (logits(model, x) >= 0).squeeze(1),
                "These are decisions, 0 or 1. Before a decision stands a probability: return that.",
            ),
        ],
        because="Evaluation mode, one sigmoid, and squeeze(1): the same numbers at each call, one for each review.",
        about="Return [batch], one probability for each review, and the same ones at each call.",
        is_function=True,
    )


@exercise(10)
def accuracy() -> Key:
    """Compute an accuracy over batches of different sizes."""

    def hits(logits: Tensor, labels: Tensor, threshold: float = 0.0) -> Tensor:
        return (logits.squeeze(1) >= threshold) == (labels == 1)

    def table(logits: Tensor, labels: Tensor) -> Tensor:
        return (logits >= 0) == (labels == 1)

    def count(batches: Batches) -> int:
        return sum(len(labels) for _, labels in batches)

    def right(results: Batches) -> float:
        return sum(hits(*batch).sum().item() for batch in results) / count(results)

    def mean_of_means(batches: Batches) -> float:
        return statistics.mean(hits(*batch).float().mean().item() for batch in batches)

    def broadcast(batches: Batches) -> float:
        return sum(table(*batch).sum().item() for batch in batches) / count(batches)

    def whole_table(batches: Batches) -> float:
        logits, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
        return table(logits, labels).float().mean().item()

    def why_not_broadcast(batches: Batches) -> str:
        logits, labels = batches[0]
        return (
            f"Your result is {broadcast(batches):.2f}. Logits of shape {list(logits.shape)} next to labels of shape "
            f"{list(labels.shape)} broadcast to a table of {table(logits, labels).numel()} comparisons. Squeeze first."
        )

    def batch(logits: list[float], labels: list[float]) -> tuple[Tensor, Tensor]:
        return torch.tensor([logits], dtype=torch.float).T, torch.tensor(labels, dtype=torch.float)

    return Key(
        cases={
            "batches of 5 and 2 reviews": ([batch([2, -1, 0.3, 3, -2], [1, 0, 1, 1, 1]), batch([-1, 2], [1, 1])],),
            "batches of 3, 3 and 2 reviews": (
                [batch([1, 0.2, -3], [1, 1, 0]), batch([-1, 0.4, 2], [0, 1, 1]), batch([0.1, -2], [0, 0])],
            ),
        },
        right=right,
        mistakes=[
            (
                mean_of_means,
                lambda batches: (
                    f"{mean_of_means(batches):.2f} is the mean of {len(batches)} batch means, and they count alike, "
                    f"though one stands for {len(batches[0][1])} reviews and the last for {len(batches[-1][1])}. "
                    f"Add up reviews, and divide once."
                ),
            ),
            (broadcast, why_not_broadcast),
            (
                lambda batches: statistics.mean(table(*batch).float().mean().item() for batch in batches),
                lambda batches: (
                    f"Two things. {why_not_broadcast(batches)} And the mean of batch means is not the mean of reviews."
                ),
            ),
            (
                whole_table,
                lambda batches: (
                    f"Logits of shape [{count(batches)}, 1] next to labels of shape [{count(batches)}] broadcast to a "
                    f"table of {count(batches) ** 2} comparisons, and you return its mean. Squeeze first."
                ),
            ),
            (
                lambda batches: (
                    sum((logits.squeeze(1) == labels).sum().item() for logits, labels in batches) / count(batches)
                ),
                "You compare the logits themselves with the labels, and a logit is hardly ever exactly 0 or 1. Make a "
                "decision of it first.",
            ),
            (
                lambda batches: (
                    sum((hits(*batch) & (batch[1] == 1)).sum().item() for batch in batches) / count(batches)
                ),
                "You count the positive reviews that were recognized. A negative one that is recognized is right too.",
            ),
            (
                lambda batches: sum((logits >= 0).sum().item() for logits, _ in batches) / count(batches),
                "That is the share of reviews that are called positive. Compare with the labels.",
            ),
            (lambda batches: 1 - right(batches), "That is the share of wrong answers. How many are right?"),
            (
                lambda batches: sum(hits(*batch, threshold=0.5).sum().item() for batch in batches) / count(batches),
                "You compare logits with 0.5. A probability of 0.5 is a logit of 0, so logits between 0 and 0.5 are "
                "counted on the wrong side.",
            ),
            (
                lambda batches: sum((labels == 1).sum().item() for _, labels in batches) / count(batches),
                "Everything counts as positive. A sigmoid is always above 0: compare the logit with 0, or "
                "the sigmoid with 0.5.",
            ),
            (
                lambda batches: sum(hits(*batch).sum().item() for batch in batches) / len(batches),
                lambda batches: (
                    f"You divide by {len(batches)}, the number of batches. Divide by the {count(batches)} reviews."
                ),
            ),
            (
                lambda batches: hits(*batches[-1]).float().mean().item(),
                "That is the accuracy of the last batch alone. Is the count set back in the loop?",
            ),
            (
                lambda batches: hits(*batches[0]).float().mean().item(),
                "That is the accuracy of the first batch alone. Does a return stand inside the loop?",
            ),
            (
                lambda batches: float(sum(hits(*batch).sum().item() for batch in batches)),
                lambda batches: f"That is the number of right answers. Divide it by the {count(batches)} reviews.",
            ),
            (lambda batches: 100 * right(batches), "That is the percentage. Return the share, from 0 to 1."),
        ],
        because="One comparison for each review, and one division at the end.",
        about="Return a number from 0 to 1: the share of all reviews whose logit lies on the right side of 0.",
        is_function=True,
    )
