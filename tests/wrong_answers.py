"""What learners answer: the usual wrong answers to each exercise, with words that the reply has to hold."""

import math
import re
import statistics
from collections import Counter

import torch
from torch import Tensor, nn

from lessons_lib import tokens, vocabulary


def loop_to_the_edge(output: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack([text[-1] for text in output])


def rows_without_a_stable_sort(counts: dict[str, int], min_freq: int) -> list[str]:
    kept = [(count, token) for token, count in counts.items() if count >= min_freq]
    return ["<pad>", "<unk>", *[token for count, token in sorted(kept, key=lambda pair: (-pair[0], pair[1]))]]


def rows_of_sorted_pairs(counts: dict[str, int], min_freq: int) -> list[str]:
    pairs = sorted(((count, token) for token, count in counts.items() if count >= min_freq), reverse=True)
    return ["<pad>", "<unk>", *[token for count, token in pairs]]


def mask_with_a_loop(lengths: Tensor, time: int) -> Tensor:
    found = torch.zeros(len(lengths), time)
    for row, length in enumerate(lengths):
        found[row, : length + 1] = 1
    return found


def probabilities_in_training_mode(model: nn.Module, x: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.sigmoid(model(x))[:, 0]


def accuracy_by_batch(results: list[tuple[Tensor, Tensor]]) -> float:
    shares = []
    for logits, labels in results:
        shares.append((((logits.squeeze(1) > 0) == labels.bool()).sum() / len(labels)).item())
    return sum(shares) / len(shares)


def accuracy_by_table(results: list[tuple[Tensor, Tensor]]) -> float:
    right = sum(int(((logits > 0).float() == labels).sum()) for logits, labels in results)
    return right / sum(len(labels) for _, labels in results)


def accuracy_at_one_half(results: list[tuple[Tensor, Tensor]]) -> float:
    logits, labels = (torch.cat([pair[i].flatten() for pair in results]) for i in (0, 1))
    return ((logits > 0.5) == labels.bool()).float().mean().item()


def accuracy_that_forgets(results: list[tuple[Tensor, Tensor]]) -> float:
    for logits, labels in results:
        right, count = 0, 0
        right += ((logits.squeeze() > 0) == labels.bool()).sum().item()
        count += len(labels)
    return right / count


def joined_by_view(hidden: Tensor) -> Tensor:
    return hidden.view(hidden.shape[1], -1)


def ends_at_the_last_word(output: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack([row[length - 1] for row, length in zip(output, lengths, strict=True)])


def better_by_deviations(one: list[float], two: list[float]) -> bool:
    spread = math.sqrt(statistics.stdev(one) ** 2 + statistics.stdev(two) ** 2)
    return statistics.mean(two) - statistics.mean(one) > 2.3 * spread


def smallest_move(words: list[str], probabilities: list[float]) -> str:
    moves = [abs(probabilities[i] - probabilities[i - 1]) for i in range(1, len(words))]
    return words[moves.index(min(moves)) + 1]


def without_abs(mean: list[float], positive: list[float], count: list[int]) -> float:
    return sum(n * (m - p) for m, p, n in zip(mean, positive, count, strict=True)) / sum(count)


def accuracy_of_the_logits(results: list[tuple[Tensor, Tensor]]) -> float:
    right = sum((logits.squeeze(1) == labels).sum().item() for logits, labels in results)
    return right / sum(len(labels) for _, labels in results)


def accuracy_of_the_positive_ones(results: list[tuple[Tensor, Tensor]]) -> float:
    right = sum(((logits.squeeze(1) >= 0) & (labels == 1)).sum().item() for logits, labels in results)
    return right / sum(len(labels) for _, labels in results)


def without_division(mean: list[float], positive: list[float], count: list[int]) -> float:
    return sum(n * abs(m - p) for m, p, n in zip(mean, positive, count, strict=True))


def turning_word_one_late(words: list[str], probabilities: list[float]) -> str:
    moves = [abs(probabilities[i] - probabilities[i - 1]) for i in range(1, len(words))]
    return words[moves.index(max(moves)) + 2]


def turning_word_round_the_end(words: list[str], probabilities: list[float]) -> str:
    return words[max(range(len(words)), key=lambda i: abs(probabilities[i] - probabilities[i - 1]))]


def turning_word_from_the_first(words: list[str], probabilities: list[float]) -> str:
    return words[max(range(len(words)), key=lambda i: abs(probabilities[i] - probabilities[0]))]


def first_crossing(words: list[str], probabilities: list[float]) -> str:
    for i in range(1, len(words)):
        if (probabilities[i] >= 0.5) != (probabilities[i - 1] >= 0.5):
            return words[i]
    return words[0]


def share_of_the_majority(train: list[object], valid: list[object]) -> float:
    return max(Counter(valid).values()) / len(valid)


def lower_case_last(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text)
    emoticons = re.findall(r"(?::|;|=)(?:-)?(?:\)|\(|D|P)", text)
    return (re.sub(r"[\W]+", " ", text).lower() + " ".join(emoticons).replace("-", "")).split()


def tags_as_spaces(text: str) -> list[str]:
    text = re.sub("<[^>]*>", " ", text).lower()
    emoticons = re.findall("[:;=]-?[()DP]", text)
    return (re.sub(r"[\W]+", " ", text) + " ".join(emoticons).replace("-", "")).split()


def faces_after_the_signs(text: str) -> list[str]:
    text = re.sub(r"[\W]+", " ", re.sub("<[^>]*>", "", text).lower())
    return (text + " ".join(re.findall("[:;=]-?[()DP]", text)).replace("-", "")).split()


def faces_as_a_list(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text).lower()
    faces = [face.replace("-", "") for face in re.findall("[:;=]-?[()DP]", text)]
    return re.sub(r"[\W]+", " ", text).split() + faces


def four_rules_cut_at_each_space(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text).lower()
    faces = " ".join(re.findall("[:;=]-?[()DP]", text)).replace("-", "")
    return (re.sub(r"[\W]+", " ", text) + faces).split(" ")


def faces_in_front(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text).lower()
    faces = [face.replace("-", "") for face in re.findall("[:;=]-?[()DP]", text)]
    return faces + re.sub(r"[\W]+", " ", text).split()


def faces_grown_together(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text).lower()
    return (re.sub(r"[\W]+", " ", text) + "".join(re.findall("[:;=]-?[()DP]", text)).replace("-", "")).split()


def faces_in_small_letters(text: str) -> list[str]:
    text = re.sub("<[^>]*>", "", text).lower()
    return (re.sub(r"[\W]+", " ", text) + " ".join(re.findall("[:;=]-?[()dp]", text)).replace("-", "")).split()


def commonest(texts: list[str], n: int) -> list[str]:
    return [token for token, _ in vocabulary.count_tokens(texts).most_common(n)]


def commonest_turned(texts: list[str], n: int) -> list[str]:
    counts = vocabulary.count_tokens(texts)
    return sorted(counts, key=counts.get)[::-1][:n]  # type: ignore


def commonest_letters_of_tokens(texts: list[str], n: int) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        for token in tokens.tokenize(text):
            counts.update(token)
    return [token for token, _ in counts.most_common(n)]


def commonest_letters(texts: list[str], n: int) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return [token for token, _ in counts.most_common(n)]


def commonest_of_the_last(texts: list[str], n: int) -> list[str]:
    for text in texts:
        counts = Counter(tokens.tokenize(text))
    return [token for token, _ in counts.most_common(n)]


def commonest_pairs(texts: list[str], n: int) -> list[tuple[str, int]]:
    return Counter(token for text in texts for token in tokens.tokenize(text)).most_common(n)


def step_by_hand(
    table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float, sign: int = -1, times: str = "w"
) -> Tensor:
    error = 1 / (1 + torch.exp(-(table[index] @ weights + bias))) - label
    table[index] += sign * lr * error * {"w": weights, "vector": table[index], "nothing": 1}[times]
    return table


def step_without_the_label(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
    table[index] -= lr * torch.sigmoid(table[index] @ weights + bias) * weights
    return table


def step_of_squared_error(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
    p = torch.sigmoid(table[index] @ weights + bias)
    table[index] -= 2 * lr * (p - label) * p * (1 - p) * weights
    return table


def step_of_all_rows(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
    return table - lr * (torch.sigmoid(table[index] @ weights + bias) - label) * weights


def step_of_a_logit(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
    table[index] -= lr * (table[index] @ weights + bias - label) * weights
    return table


def step_without_a_return(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> None:
    table[index] -= lr * (torch.sigmoid(table[index] @ weights + bias) - label) * weights


WRONG_ANSWERS = {
    "00": {
        "turning_word": [
            (lambda words, probabilities: words[probabilities.index(max(probabilities))], "the highest value, 0.84"),
            (lambda words, probabilities: words[probabilities.index(min(probabilities))], "the lowest value, 0.18"),
            (
                lambda words, probabilities: max(
                    zip(words[1:], probabilities, probabilities[1:], strict=False), key=lambda step: step[2] - step[1]
                )[0],
                "rises only",
            ),
            (
                lambda words, probabilities: max(
                    zip(words, probabilities, probabilities[1:], strict=False), key=lambda step: abs(step[2] - step[1])
                )[0],
                "One word early. The step from 0.78 to 0.2",
            ),
            (turning_word_one_late, "One word late"),
            (turning_word_round_the_end, "the last value, 0.18"),
            (turning_word_from_the_first, "the first one, 0.8"),
            (first_crossing, "the crossing of 0.5"),
            (lambda words, probabilities: words[-1], "the largest step is from 0.78 to 0.2"),
            (lambda words, probabilities: "boring", "returns the same in each case"),
            (smallest_move, "the largest difference"),
            (lambda words, probabilities: probabilities.index(max(probabilities)), "a string is asked for"),
            (lambda words: words[0], "these 2 values"),
            ("boring", "a function of (words, probabilities) is asked for"),
        ],
        "three_kernels": [
            (((2, 2), (2, 2), (2, 2)), "had imported arrays before, at version 1"),
            (((1, 2), (2, 2), (2, 2)), "had imported arrays and networks before"),
            (((1, 1), (1, 1), (1, 1)), "The file is at version 2"),
            (((1, 1), (2, 2), (1, 1)), "did not have yet"),
            (((2, 1), (1, 1), (2, 2)), "The other way round"),
            (((2, 1), (2, 2), (1, 1)), "The other way round"),
            ((1, 2), "3 answers are asked for"),
        ],
    },
    "01": {
        "reviews_per_epoch": [
            (([3000, 3000, 3000], [3000, 3000, 3000]), "no way back"),
            (([2999, 2999, 2999], [2999, 2999, 2999]), "It goes on where it is"),
            (([3000, 0, 0], [3000, 3000, 3000]), "2,999 are left"),
            (([2999, 0, 0], [3000, 3000, 3000]), "nothing puts it back"),
            (([2999, 0, 0], [2999, 0, 0]), "A list keeps what it holds"),
            (([1, 0, 0], [3000, 3000, 3000]), "where does each for loop begin"),
            (([999, 1000, 1000], [2999, 2999, 2999]), "You share the reviews out"),
            (([1000, 1000, 1000], [3000, 3000, 3000]), "You share the reviews out"),
            (([2999, 2999, 2999], [2999, 0, 0]), "have changed places"),
            (torch.tensor([[3000, 0, 0], [2999, 2999, 2999]]), "2,999 are left"),
            (([2999, 0, 0], 2999), "a list of numbers is asked for"),
            ((2999, 2999), "a list of numbers is asked for"),
        ],
        "positives_in_part": [
            ((500, 500, 2500, 2500), "ends before place 1,000"),
            ((0, 500, 2500, 2500), "begins at place 20,000"),
            ((1000, 500, 0, 2500), "Those are the negative ones"),
            ((0, 0.5, 1, 0.5), "Those are shares"),
            ((0, 50, 100, 50), "Those are percentages"),
            ((0, 501, 5000, 2500), "One too many"),
            ((0, 500, 5000, 2499), "One too few"),
            ((0, 500, 5000, 5), "a third number is the step"),
            ((0, 500, 0, 2500), "negative ones"),
            ((0, 500, 5000, 0), "first 5,000 reviews"),
            ((0, 1000, 5000, 2500), "the number of all reviews"),
            (("neg", "both", "pos", "both"), "Leave out the quotes"),
            (0, "4 answers are asked for"),
        ],
        "score_of_nothing": [
            (share_of_the_majority, "It has seen the training part only"),
            (lambda train, valid: max(map(train.count, train)) / len(train), "its score on the training part"),
            (lambda train, valid: 0.5, "equally often"),
            (lambda train, valid: 1.0, "a perfect score is no rule"),
            (lambda train, valid: sum(label == "pos" for label in valid) / len(valid), "You count pos"),
            (lambda train, valid: valid.count(Counter(train).most_common()[0][0]), "how many it gets right"),
            (lambda train, valid: valid.count(max(train)) / len(valid), "max(train) is the largest label, 'pos'"),
            (lambda train, valid: valid.count(min(train, key=train.count)) / len(valid), "the rarest label"),
            (lambda train, valid: Counter(train).most_common(1)[0][1] / len(valid), "stands in train, 8 times"),
            (lambda train, valid: Counter(train).most_common(1)[0][0], "a number is asked for"),
            (lambda train, valid: valid.count(Counter(train).most_common(1)[0]) / len(valid), "Which label"),
            (lambda train: 1.0, "these 2 values"),
        ],
    },
    "02": {
        "faces_found": [
            ([":)", ":-(", "=)", ":D", ":P"], "the two capital mouths"),
            ([":)", "=)"], "the face with a nose"),
            ([":)", ":-("], "three pairs of eyes"),
            ([":D", ":P"], "the ones that are missed"),
            ([":)", ":(", "=)"], "You take off the nose"),
            ([":)", ":-(", "=)", ":d", ":p"], "You write all five in lower case"),
            ([":)", ":-(", "=)", ":P"], "One of the two capital mouths"),
            ([":)", ":-(", ":D", ":P"], "And what does .lower() do"),
            ([":)"], "What does .lower() leave"),
            ([":)", ":-(", "=)"] * 2, "What does .lower() leave"),
            ((True, True, True, False, False), "a string is asked for"),
            (3, "a list of strings is asked for"),
        ],
        "four_rules": [
            (lower_case_last, "before the text is in lower case, and find :D"),
            (tags_as_spaces, "one token, endstart"),
            (faces_after_the_signs, "No face is left"),
            (faces_as_a_list, "a space between the words and the faces"),
            (faces_in_front, "in front of the words"),
            (faces_grown_together, "grow together into one token"),
            (faces_in_small_letters, "finds :d as well"),
            (four_rules_cut_at_each_space, "an empty string"),
            (lambda text: tokens.tokenize("the same review"), "returns the same in each case"),
            (lambda text: text.split(), "cut at the spaces only"),
            (lambda text: text.lower().split(" "), "has to become don | t"),
            (lambda: [], "has to take this value"),
            (lambda text: re.findall(r"\w+", text.lower()), "their names, i and br"),
            (lambda text: re.sub(r"[\W]+", " ", text), "a list of strings is asked for"),
            (lambda text: print(text.split()), "Is a return missing"),
        ],
        "commonest": [
            (commonest_letters, "You count letters"),
            (commonest_letters_of_tokens, "You count letters"),
            (commonest_of_the_last, "forgets the ones before"),
            (lambda texts, n: commonest(texts, n)[::-1], "the wrong way round"),
            (lambda texts, n: commonest(texts, n + 1)[1:], "You leave out the commonest: good occurs 4 times"),
            (lambda texts, n: commonest(texts, n + 1), "a list of length 4"),
            (commonest_turned, "in another order"),
            (lambda texts, n: [text for text, _ in Counter(texts).most_common(n)], "You count whole texts"),
            (commonest_pairs, "holds a tuple of length 2"),
            (
                lambda texts, n: list({token for text in texts for token in tokens.tokenize(text)})[:0],
                "in all texts together",
            ),
            (lambda texts, n: Counter(tokens.tokenize(" ".join(texts))).most_common(n)[0], "a string is asked for"),
            (lambda texts, n: Counter(tokens.tokenize(" ".join(texts))), "a list of strings is asked for"),
        ],
    },
    "03": {
        "places_after_inserting": [
            ((1, 0, 3), "moves to 1, <unk> too"),
            ((1, 0, 2), "moves to 1, <unk> too"),
            ((0, 1, 4), "the first word of the table was at 0"),
            ((0, 1, 1), "pushes it on by one"),
            ((0, 1, 2), "two insertions"),
            ((1, 2, 4), "count from 1"),
            ((0, 0, 3), "at one index"),
            ((5, 5, 5), "count from 0"),
            (("0", "1", "3"), "Leave out the quotes"),
        ],
        "count_missing": [
            (lambda tokens, table: sum(table[token] == 1 for token in tokens), "<unk> is among them"),
            (lambda tokens, table: table(tokens).count(1), "index 1, 3 times"),
            (lambda tokens, table: sum(index < 2 for index in table(tokens)), "You count <pad> and <unk> as well"),
            (lambda tokens, table: tokens.count("<unk>"), "You count the token <unk>"),
            (lambda tokens, table: tokens.count("<pad>"), "That is <pad>"),
            (lambda tokens, table: len(set(tokens) - set(table.get_itos())), "as often as it occurs"),
            (lambda tokens, table: [token for token in tokens if token not in table], "a number is asked for"),
            (lambda tokens, table: len(tokens), "how many of the tokens"),
            (lambda tokens, table: sum(index > 1 for index in table(tokens)), "You count the words that have a row"),
            (lambda tokens, table: sum(table[token] is None for token in tokens), "You find none"),
        ],
        "rows_of_table": [
            (rows_without_a_stable_sort, "by the alphabet"),
            (lambda counts, min_freq: sorted(counts, key=counts.get, reverse=True), "<pad> and <unk> are missing"),
            (lambda counts, min_freq: ["<pad>", "<unk>", *counts], "not sorted"),
            (lambda counts, min_freq: ["<pad>", "<unk>", *sorted(counts)], "You sort by the alphabet"),
            (rows_of_sorted_pairs, "dull and weak both occur 2 times"),
            (lambda counts, min_freq: vocabulary.build(counts, min_freq).get_itos()[1:], "You have <unk> alone"),
            (lambda counts, min_freq: vocabulary.build(counts, min_freq), "of type Vocab, and a list of strings"),
            (lambda counts, min_freq: dict(counts), "a list of strings is asked for"),
        ],
    },
    "04": {
        "share_of_padding": [
            ((0.4, 0.175), "the mean of 2 shares"),
            ((0.4, 0.35), "You add the shares"),
            ((0.4, 0.4), "You make both batches 10 wide"),
            ((16, 4), "the number of pads"),
            ((0.67, 0.167), "by the 24 tokens"),
            ((40, 14.3), "the percentage"),
            ((0.6, 0.857), "hold tokens"),
            (("40 %", "14 %"), "Leave out the quotes"),
            (0.4, "2 answers are asked for"),
        ],
        "steps_taken": [
            (([5, 12, 8], [3, 20, 1, 6]), "padding_idx=0 only makes their vector zero"),
            (([7, 0, 4], [17, 0, 19, 14]), "You count the pads"),
            (([12, 12, 12], [3, 20, 1, 6]), "of length 1, has 19 pads behind it"),
            (([11, 11, 11], [19, 19, 19, 19]), "One step short"),
            (([13, 13, 13], [21, 21, 21, 21]), "One step too many"),
            ((12, 20), "a list of numbers is asked for"),
            (([12], [20]), "one number for each review"),
        ],
        "mask": [
            (mask_with_a_loop, "One column too many"),
            (lambda lengths, time: torch.arange(time) >= lengths[:, None], "The other way round"),
            (lambda lengths, time: torch.arange(time) > lengths[:, None], "at pads, and not at all of them"),
            (lambda lengths, time: torch.arange(time).unsqueeze(1) < lengths, "[time, batch]"),
            (lambda lengths, time: torch.arange(max(lengths)) < lengths[:, None], "Your mask has 4 columns"),
            (lambda lengths, time: torch.arange(time) >= (time - lengths)[:, None], "not in front"),
            (lambda lengths, time: torch.arange(time) == lengths[:, None] - 1, "at the last token only"),
            (lambda lengths, time: torch.zeros(len(lengths), time), "False everywhere"),
            (lambda lengths, time: torch.arange(time) < lengths, "raised RuntimeError"),
            (lambda lengths, time: torch.ones(len(lengths), time).bool(), "True everywhere"),
            (lambda lengths, time: lengths, "a tensor of shape (3,)"),
        ],
    },
    "05": {
        "rows_with_gradient": [
            (([0, 1, 2, 3, 4], [2, 3, 5, 6, 7]), "A pad stands there"),
            (([2, 3, 4], [2, 3, 5, 6, 7]), "not a pad"),
            (([0, 2, 3, 4], [2, 3, 5, 6, 7]), "not a pad"),
            (([2, 3, 4, 8], [2, 3, 5, 6, 7]), "There is no row 8"),
            (([0, 2, 3, 4, 8], [2, 3, 5, 6, 7]), "There is no row 8"),
            (([2, 3, 4, 5], [3, 4, 6, 7, 8]), "You count the rows from 1"),
            (([1, 2, 3, 4], [1, 2, 3, 5, 6, 7]), "In the second no word is missing"),
            (([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]), "all rows but that of <pad>"),
            (([2, 1, 4, 3, 4], [2, 5, 6, 3]), "It is right for the first batch"),
            ((["a", "film", "good"], ["bad"]), "Leave out the quotes"),
        ],
        "one_step": [
            (lambda *case: step_by_hand(*case, sign=1), "The wrong way"),
            (lambda *case: step_by_hand(*case, times="vector"), "the gradient of the weights"),
            (lambda *case: step_by_hand(*case, times="nothing"), "the same number everywhere"),
            (lambda *case: step_by_hand(*case[:5], 2 * case[5]), "a tensor of shape (5, 3), but not the right one"),
            (lambda *case: step_by_hand(*case[:5], 1.0), "The learning rate, here 0.3, is missing"),
            (lambda table, *rest: step_by_hand(table.clone(), *rest) - table, "how the table changes"),
            (step_without_the_label, "The label is missing"),
            (step_of_squared_error, "a tensor of shape (5, 3), but not the right one"),
            (step_of_all_rows, "You move all 5 rows"),
            (step_of_a_logit, "the sigmoid comes first"),
            (step_without_a_return, "Is a return missing"),
            (lambda table, index, *rest: step_by_hand(table, index, *rest)[index], "row 2 alone"),
            (lambda table, index, weights, bias, label, lr: table, "Nothing has moved"),
        ],
        "cosines": [
            (lambda vector, table: (table * vector).sum(dim=1), "Those are dot products"),
            (lambda vector, table: torch.cdist(vector.unsqueeze(0), table)[0], "Those are distances"),
            (lambda vector, table: table @ vector / table.norm() / vector.norm(), "one number for the whole table"),
            (lambda vector, table: table @ vector / (table.norm(dim=0) * vector.norm()), "your function raised"),
            (lambda vector, table: table @ vector / table.norm(dim=1), "divide by the length of the vector too"),
            (lambda vector, table: table @ vector / table.norm(dim=1) * vector.norm(), "Brackets"),
            (lambda vector, table: (table @ vector).argmax(), "from -1 to 1"),
            (lambda vector, table: table @ vector / (len(table) * len(vector)), "len counts"),
            (lambda vector, table: table @ vector / (table.norm(dim=1) + vector.norm()), "the sum of the two lengths"),
            (lambda vector, table: torch.nn.functional.cosine_similarity(table, vector[None]).acos(), "the angles"),
            (lambda vector, table: torch.nn.functional.cosine_similarity(table, vector[None]).abs(), "The sign"),
        ],
    },
    "06": {
        "hidden_shape": [
            (((4, 2, 7), (5, 3, 8)), "batch_first=True does not reorder hidden"),
            (((4, 6, 7), (5, 9, 8)), "the shape of output"),
            (((4, 7), (5, 8)), "hidden[-1]"),
            (((2, 4, 6), (3, 5, 9)), "hidden_size is not the length of a text"),
            (((2, 6, 7), (3, 9, 8)), "for each of the 6 words"),
            (((2, 4, 7), (5, 3, 8)), "the 3 layers come first, and the 5 texts second"),
            (((2, 4, 7), (8, 5, 3)), "It is right for the GRU, but not for the RNN"),
            ((2, 4, 7), "2 answers are asked for"),
            (("(2, 4, 7)", "(3, 5, 8)"), "Leave out the quotes"),
        ],
        "last_states": [
            (loop_to_the_edge, "Text 1 has 2 words, so its last state is at step 1, and you take it at step 4"),
            (lambda output, lengths: output[:, lengths - 1], "3 x 3 states"),
            (lambda output, lengths: output[torch.arange(len(output)), lengths], "raised IndexError"),
            (lambda output, lengths: output[torch.arange(len(output)), lengths - 2], "One step early"),
            (lambda output, lengths: output[-1], "the last text with all its steps"),
            (lambda output, lengths: output[:, 0], "first word"),
            (lambda output, lengths: output.mean(dim=1), "from each text the state at its last word"),
            (lambda output, lengths: output[0, lengths[0] - 1], "a tensor of shape (6,)"),
            (lambda output: output[:, -1], "has to take these 2 values"),
            (lambda output, lengths: None, "return missing"),
            (torch.zeros(3, 6), "a function of (output, lengths) is asked for"),
        ],
        "true_last_states": [
            (({0, 1, 2, 3}, {0, 1, 2}), "Text 1 has 3 words, and hidden[-1] is its state after 4 more steps"),
            (([1, 3], [0, 2]), "The other way round"),
            (([1, 3], [2]), "from 1"),
            (((7, 7), (9,)), "You name a length"),
            ((3, 2), "The last"),
            (([0], [1]), "More than one text has 7 words"),
            (([], []), "no pad stands behind it"),
            ((True, True), "your answer is True, and a number is asked for"),
        ],
        "in_two_pieces": [
            (lambda rnn, first, second: (rnn(first), rnn(second))[1][1], "starts at zero"),
            (lambda rnn, first, second: rnn(first)[1], "the first 3 words only"),
            (lambda rnn, first, second: rnn(first)[1] + rnn(second)[1], "add two states"),
            (lambda rnn, first, second: torch.cat([rnn(first)[1], rnn(second)[1]]), "one behind the other"),
            (lambda rnn, first, second: rnn(second, rnn(first)[1])[0][:, -1], "the top layer alone"),
            (lambda rnn, first, second: rnn(second, rnn(first)[1])[1].transpose(0, 1), "the layers first"),
            (lambda rnn, first, second: rnn(second, rnn(first)[1]), "a tuple of length 2"),
            (lambda rnn, first, second: rnn(second, rnn(first)[1])[0], "the states of all steps"),
        ],
    },
    "07": {
        "memory_left": [
            ((0.97, 0.8), "after one word"),
            ((-2, -1), "below zero"),
            ((0.95, 0.89), "forgotten"),
            ((97, 8), "more than there was"),
            ((4.76, 10.7), "percentage"),
            ((0.0476, 0.2), "Give a number from 0 to 1"),
            ((0.97**99, 0.8**9), "left after 99 words"),
            ((0.97**101, 0.8**11), "one multiplication too many: 101"),
            ((100**0.97, 10**0.8), "raise 100 to the power"),
            (0.0476, "2 answers are asked for"),
        ],
        "probabilities": [
            (probabilities_in_training_mode, "training mode"),
            (lambda model, x: model.eval()(x).squeeze(1), "These are logits"),
            (lambda model, x: model.eval()(x).sigmoid().sigmoid().squeeze(1), "Two sigmoids"),
            (lambda model, x: model.eval()(x).sigmoid().squeeze(), "a bare squeeze()"),
            (lambda model, x: model.eval()(x).sigmoid(), "[5, 1]"),
            (lambda model, x: (model.eval()(x) > 0).float().squeeze(1), "decisions"),
            (lambda model, x: model.eval()(x).softmax(dim=1).squeeze(1), "a row is one logit"),
            (lambda model, x: model.eval()(x).flatten().softmax(dim=0), "among the reviews of the batch"),
            (lambda model, x: model.eval()(x).sigmoid().mean(), "one probability for each review"),
        ],
        "accuracy": [
            (accuracy_by_batch, "0.65 is the mean of 2 batch means"),
            (accuracy_by_table, "a table of 25 comparisons"),
            (accuracy_at_one_half, "logits with 0.5"),
            (accuracy_that_forgets, "last batch alone"),
            (lambda results: 100 * 0.8, "from 0 to 1"),
            (accuracy_of_the_logits, "the logits themselves"),
            (accuracy_of_the_positive_ones, "A negative one that is recognized"),
            (lambda results: torch.cat([logits for logits, _ in results]).ge(0).float().mean(), "called positive"),
        ],
        "is_news": [
            (lambda seeds, new: new > sum(seeds) / len(seeds), "compare 82.2 with the mean"),
            (lambda seeds, new: new > max(seeds), "the best of 5 runs"),
            (lambda seeds, new: new > seeds[0], "one run with one run"),
            (lambda seeds, new: abs(new - statistics.mean(seeds)) > statistics.stdev(seeds), "too few"),
            (lambda seeds, new: new > statistics.mean(seeds) + 3 * statistics.stdev(seeds), "runs that are better"),
            (lambda seeds, new: "yes", "True or False is asked for"),
            (lambda seeds, new: abs(new - statistics.mean(seeds)) > 3 * statistics.variance(seeds), "the variance"),
            (lambda seeds, new: abs(new - statistics.median(seeds)) > 3 * statistics.stdev(seeds), "from the median"),
            (lambda seeds, new: abs(new - statistics.mean(seeds)) > max(seeds) - min(seeds), "worst run to the best"),
            (lambda seeds, new: abs(new - statistics.mean(seeds)) > 1.5 * statistics.stdev(seeds), "It is right for"),
            (lambda seeds, new: True, "further than 3 standard deviations"),
        ],
    },
    "08": {
        "join_directions": [
            (lambda hidden: hidden[-1], "the backward reader alone"),
            (joined_by_view, "a row mixes reviews"),
            (lambda hidden: torch.cat((hidden[0], hidden[1]), dim=1), "the lower layer"),
            (lambda hidden: torch.cat((hidden[-1], hidden[-2]), 1), "the backward one first"),
            (lambda hidden: torch.cat((hidden[-2], hidden[-1])), "below each other"),
            (lambda hidden: (hidden[-2], hidden[-1]), "side by side"),
        ],
        "both_ends": [
            (lambda output, lengths: output[:, -1], "the backward reader has read 1 word of 6"),
            (ends_at_the_last_word, "The forward half is right"),
            (lambda output, lengths: output[:, 0], "The backward half is right"),
            (lambda output, lengths: output[:, lengths - 1], "a tensor of shape (3, 3, 8)"),
        ],
        "is_better": [
            (lambda one, two: statistics.mean(two) > statistics.mean(one), "the means alone"),
            (lambda one, two: max(one) < max(two), "the best run of each"),
            (lambda one, two: two[0] > one[0], "one run with one run"),
            (better_by_deviations, "the spread of single runs"),
            (lambda one, two: statistics.mean(two) - statistics.mean(one), "True or False is asked for"),
        ],
    },
    "10": {
        "both_right": [
            (lambda n, p: ((n < 0.5).float().mean() + (p >= 0.5).float().mean()) / 2, "the accuracy over the 10 texts"),
            (lambda n, p: (p > n).float().mean(), "the share in order"),
            (lambda n, p: ((n < 0.5) & (p > 0.5)).float().mean(), "0.5 itself counts as positive"),
            (lambda n, p: (n < 0.5).float().mean() * (p >= 0.5).float().mean(), "You multiply the two shares"),
            (lambda n, p: ((n < 0.5) & (p >= 0.5)).sum().item(), "Divide it by the 5 pairs"),
            (lambda n, p: (n < 0.5) & (p >= 0.5), "a number is asked for"),
            (lambda n, p: ((n <= 0.5) & (p >= 0.5)).float().mean(), "a negative text at exactly 0.5"),
            (lambda n, p: ((n >= 0.5) & (p < 0.5)).float().mean(), "The other way round"),
            (lambda n, p: (n < 0.5).float().mean(), "the negative texts alone"),
            (lambda n, p: (p >= 0.5).float().mean(), "the positive texts alone"),
            (lambda n, p: ((n < 0.5) & (p >= 0.5)).sum() / (2 * len(n)), "divide by the 10 texts"),
            (lambda n, p: ((n >= 0.5) | (p < 0.5)).float().mean(), "a text on the wrong side"),
            (lambda n, p: 100 * ((n < 0.5) & (p >= 0.5)).float().mean(), "That is the percentage"),
            (lambda n, p: ((n < 0.5) and (p >= 0.5)).mean(), "raised RuntimeError"),
        ],
        "part_that_needs_order": [
            ((0.1, 0.06), "10 points are lost"),
            ((0.1 / 0.9, 0.06 / 0.8), "50 of these points a coin has too"),
            ((0.75, 0.8), "left without the order"),
            ((25, 20), "That is the percentage"),
            ((10, 6), "10 points are lost"),
            ((0.8 / 0.9, 0.74 / 0.8), "both hold the 50 points"),
            ((-0.25, -0.2), "the sign is not"),
            ((0.25, 0.06), "6 points are lost. Out of how many"),
            (0.25, "2 answers are asked for"),
        ],
        "calibration_error": [
            (
                lambda mean, positive, count: statistics.mean(abs(m - p) for m, p in zip(mean, positive, strict=True)),
                "the mean over the 3 bins",
            ),
            (without_abs, "cancel"),
            (
                lambda mean, positive, count: max(abs(m - p) for m, p in zip(mean, positive, strict=True)),
                "the worst bin",
            ),
            (without_division, "Divide it by all 100"),
            (lambda mean, positive, count: count[0] * abs(mean[0] - positive[0]) / sum(count), "inside the loop"),
            (lambda mean, positive, count: sum(abs(m - p) for m, p in zip(mean, positive, strict=True)), "Weigh each"),
            (lambda mean, positive, count: abs(sum(mean) - sum(positive)) / len(count), "two means over all bins"),
            (lambda mean, positive, count: 100 * without_division(mean, positive, count) / sum(count), "percentage"),
            (lambda mean, positive, count: abs(mean - positive).mean(), "raised TypeError"),
        ],
    },
    "09": {
        "log_count_ratio": [
            (lambda p, n, all_p, all_n: math.log(p / all_p) - math.log(n / all_n), "Add 1 to both counts"),
            (lambda p, n, all_p, all_n: math.log(p + 1) - math.log(n + 1), "equal counts are not equal shares"),
            (lambda p, n, all_p, all_n: math.log((n + 1) / all_n / ((p + 1) / all_p)), "The sign is turned around"),
            (lambda p, n, all_p, all_n: (p + 1) / all_p / ((n + 1) / all_n), "Take its logarithm"),
            (lambda p, n, all_p, all_n: math.log10((p + 1) / all_p / ((n + 1) / all_n)), "base 10"),
        ],
        "bag_on_twins": [
            ((0.9, 0.9), "How many of the two can be right?"),
            ((0, 0.63), "all 80 twins as wrong"),
            ((0.5, 0.63), "all 60 twins as wrong"),
            ((1, 0.93), "all 80 twins as right"),
            ((0.5, 141 / 170), "30 pairs are 60 reviews"),
            ((0.5, 0.7), "do not weigh the same"),
            (0.5, "2 answers are asked for"),
            ((50, 78), "Count the right answers"),
        ],
        "beats_baseline": [
            (lambda seeds, baseline: max(seeds) > baseline, "the best of five is luck"),
            (lambda seeds, baseline: seeds[0] > baseline, "You compare a single run"),
            (lambda seeds, baseline: sum(seeds) / len(seeds) > baseline, "the mean alone"),
            (lambda seeds, baseline: all(seed > baseline for seed in seeds), "every single run beats"),
            (
                lambda seeds, baseline: statistics.mean(seeds) - statistics.stdev(seeds) / 5**0.5 > baseline,
                "One standard error is too few",
            ),
            (lambda seeds, baseline: statistics.mean(seeds) - baseline, "True or False is asked for"),
        ],
    },
}
