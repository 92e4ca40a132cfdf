"""Put trained models into the library: in half precision, hashed, and measured as the files that are shipped.

    python -m tools.ship_checkpoints runs

takes, for each shipped model, the seed with the highest recorded validation accuracy from a folder of runs, writes its
file, enters the hash in lessons_lib/checkpoints.py, and adds to the model's record what this very file reaches, and for
each seed the share of the contrast pairs that it has in order.
"""

import re
import sys
from pathlib import Path

from lessons_lib import checkpoints, pairs, prepared, probes, records, runs
from lessons_lib.batches import bucketed_loader
from lessons_lib.files import sha256
from lessons_lib.training import evaluate

SOURCE = Path(checkpoints.__file__)


def ship(name: str, folder: Path) -> None:
    """Write one shipped model and its facts."""
    facts = records.load("imdb", name, folder).facts
    seed = max(facts["seeds"], key=lambda seed: facts["seeds"][seed]["valid_accuracy"])
    model, vocab = checkpoints.load(runs.model_file(folder, "imdb", name, int(seed)))
    path = checkpoints.SHIPPED / f"imdb_{name}.safetensors"
    checkpoints.save(path, model.half(), vocab)
    digest = sha256(path)
    source = SOURCE.read_text(encoding="utf-8")
    SOURCE.write_text(re.sub(rf'"{name}": "\w*"', f'"{name}": "{digest}"', source), encoding="utf-8", newline="\n")
    model, vocab = checkpoints.load(path)
    valid = prepared.training("imdb", runs.recipe("imdb", name).min_freq).valid
    test = prepared.test("imdb", vocab)
    accuracies = [evaluate(model, bucketed_loader(part, runs.EVALUATION_BATCH_SIZE))[1] for part in (valid, test)]
    facts["shipped"] = {"seed": int(seed), "sha256": digest} | dict(
        zip(("valid_accuracy", "test_accuracy"), accuracies, strict=True)
    )
    for seed, result in facts["seeds"].items():
        model, vocab = checkpoints.load(runs.model_file(folder, "imdb", name, int(seed)))
        result["contrast_in_order"] = round(probes.score_pairs(model, pairs.contrast_pairs(), vocab).ordered, 4)
    records.save(facts)
    print(f"{path.name}: seed {facts['shipped']['seed']}, {path.stat().st_size:,} bytes, test {accuracies[1]:.4f}")


if __name__ == "__main__":
    for name in checkpoints.SHA256:
        ship(name, Path(sys.argv[1]))
