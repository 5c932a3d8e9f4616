"""Universal perturbations of VGG-16 against those of the Adversarial Robustness Toolbox, from the same 64 images.

Optional: needs `pip install adversarial-robustness-toolbox` and the results of the study `adversarial`.

    python -m benchmarks.art_universal results/adversarial
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
import torch
from torch import Tensor

from mlsim.numerics.attacks.universal_perturbations import sequential_perturbation
from mlsim.storage import read_dataset, read_model
from mlsim.studies.adversarial.classifiers import Classifier, classifier, stored
from mlsim.studies.adversarial.construct import candidates, chosen_images
from mlsim.studies.adversarial.settings import Attack, Network, Pixels

NORM, PASSES = 10 / 255, 3
NETWORK = Network(architecture="vgg16", width=8, layers=("block2_pool",), epochs=1, rate=1.0)
PIXELS = Pixels(mean=(0.5, 0.5, 0.5), deviation=(0.25, 0.25, 0.25))
ATTACK = Attack(
    images=64, norm=10.0, q=(3.0,), restarts=2, iterations=20, tolerance=1e-3, batches=(1,), passes=PASSES,
    gradient_steps=1, gradient_shares=(1.0,),
)  # fmt: skip


def theirs(source: Classifier, images: Tensor) -> Tensor:
    """Their sequential method with DeepFool, at the settings of ours."""
    from art.attacks.evasion import UniversalPerturbation  # pyright: ignore[reportMissingImports]
    from art.estimators.classification import PyTorchClassifier  # pyright: ignore[reportMissingImports]

    class Module(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return source(x)

    estimator = PyTorchClassifier(
        Module(), loss=torch.nn.CrossEntropyLoss(), input_shape=tuple(images.shape[1:]), nb_classes=10,
        clip_values=(0.0, 1.0),
    )  # fmt: skip
    steps = {"max_iter": 10, "nb_grads": 10, "epsilon": 0.02, "verbose": False}
    attack = UniversalPerturbation(
        estimator, attacker="deepfool", attacker_params=steps,
        delta=0.2, max_iter=PASSES, eps=NORM, norm=np.inf, verbose=False,
    )  # fmt: skip
    attack.generate(images.numpy())
    return torch.from_numpy(np.asarray(attack.noise, dtype=np.float32)).reshape(images.shape[1:])


def main(folder: Path) -> None:
    """Print CPU seconds and the share of test images that each perturbation fools."""
    torch.set_num_threads(1)
    data = read_dataset(folder / "images.zarr.zip")
    source = classifier(NETWORK, PIXELS, read_model(folder / "models" / "vgg16" / "model.pt"))
    images = chosen_images(stored(data, "train")[0], 64, seed=0)
    held_out, _ = stored(data, "test")
    clean = source.classes(held_out)

    def singular() -> Tensor:
        return NORM * candidates(source, images, ATTACK, layer="block2_pool", q=[3.0], seed=0)[0][0].vector

    def sequential() -> Tensor:
        order = torch.Generator().manual_seed(0)
        return sequential_perturbation(source, images, norm=NORM, passes=PASSES, generator=order)

    methods: dict[str, Callable[[], Tensor]] = {
        "ART, UniversalPerturbation": lambda: theirs(source, images),
        "sequential, DeepFool": sequential,
        "singular vector, q = 3": singular,
    }
    print(f"universal perturbations of VGG-16 from 64 images, norm 10/255, {len(held_out)} test images, one core")
    for name, method in methods.items():
        began = process_time()
        v = method()
        seconds = process_time() - began
        fooled = (source.classes(held_out, v) != clean).mean()
        print(f"  {name:28s}{seconds:7.1f} s   fools {fooled:.3f}   largest value {255 * v.abs().max():.1f}/255")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
