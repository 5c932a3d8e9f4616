"""What the paper and we claim of universal perturbations, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size

PAPER = "Khrulkov, Oseledets, arXiv:1709.03582: one perturbation from 64 images fools on most images"
TRANSFER = 'the lecture: "They were also shown to generalize across networks really well"'
OURS = "ours, beside the lecture"
NETWORKS = {"vgg16": "VGG-16", "vgg19": "VGG-19", "resnet50": "ResNet-50"}
NORM = (10.0,)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_networks(), *_own(), *_transfer(), *_rivals(), *_published()]


def _needs(network: str) -> tuple[Size, ...]:
    """Test images that tell shares to a hundredth or two, as many images of the construction as in the paper, and a
    network that has learned something.
    """
    counts = {"test_images": 1000, "construction_images": 64, "test_accuracy": 0.6}
    return tuple(
        Size(case="accuracy", quantity=quantity, at_least=count, method=network) for quantity, count in counts.items()
    )


def _trained(network: str) -> tuple[Size, ...]:
    """Besides, a training on rendered images: of photographs other shares are expected."""
    return (*_needs(network), Size(case="accuracy", quantity="training_steps", at_least=1500, method=network))


def _networks() -> list[Claim]:
    found = []
    for name, title in NETWORKS.items():
        found.append(
            Claim(
                name=f"{name}_is_accurate",
                statement=f"{title} is right on at least 90 % of the test images.",
                source="without it fooling says nothing",
                measured=(Rows(case="accuracy", method=name, quantity="test_accuracy"),),
                reference=0.9,
                relation="at least",
                needs=_trained(name),
            )
        )
        found.append(
            Claim(
                name=f"random_signs_hardly_fool_{name}",
                statement=f"Random signs of norm 10/255 fool {title} on at most 20 % of the test images.",
                source="the control",
                measured=(Rows(case=f"tested_on_{name}", method="random_sign", quantity="fooling_rate", x=NORM),),
                reference=0.2,
                relation="at most",
                needs=_needs(name),
            )
        )
    return found


def _own() -> list[Claim]:
    bounds = {"fooling_rate": ("fools", 0.4, "at least 40 % of the test images")}
    bounds["over_random"] = ("beats_random_signs_on", 2.5, "at least 2.5 times as many as random signs")
    return [
        Claim(
            name=f"singular_vector_{verb}_{name}",
            statement=f"The singular vector of {title}, norm 10/255, fools {title} on {words}.",
            source=PAPER,
            measured=(_rows(name, name, quantity),),
            reference=bound,
            relation="at least",
            needs=_needs(name),
        )
        for name, title in NETWORKS.items()
        for quantity, (verb, bound, words) in bounds.items()
    ]


def _transfer() -> list[Claim]:
    found = []
    for source, target in [(a, b) for a in NETWORKS for b in NETWORKS if a != b]:
        titles = f"the singular vector of {NETWORKS[source]}"
        claims_of = {
            "over_random": (1.5, f"{NETWORKS[target]}: {titles} fools at least 1.5 times as many as random signs."),
            "excess_low": (0.0, f"{NETWORKS[target]}: the 95 % interval of {titles} lies above random signs."),
        }
        for quantity, (bound, statement) in claims_of.items():
            kind = "transfer" if quantity == "over_random" else "transfer_excludes_random"
            found.append(
                Claim(
                    name=f"{kind}_{source}_to_{target}",
                    statement=statement,
                    source=TRANSFER,
                    measured=(_rows(target, source, quantity),),
                    reference=bound,
                    relation="at least",
                    needs=_needs(target),
                )
            )
    return found


def _rivals() -> list[Claim]:
    return [
        Claim(
            name=f"singular_vector_beats_{rival}_on_{name}",
            statement=f"{title}: from the same 64 images, with choices on held-out ones, the singular vector fools "
            f"more than {words}.",
            source=OURS,
            measured=(_rows(name, name, "fooling_rate"),),
            reference=Rows(case=f"tested_on_{name}", method=f"{rival}_from_{name}", quantity="fooling_rate", x=NORM),
            relation="above",
            errors=2.0,
            needs=_needs(name),
        )
        for name, title in NETWORKS.items()
        for rival, words in {"sgd_uap": "gradient ascent", "sequential_uap": "DeepFool's steps added up"}.items()
    ]


def _published() -> list[Claim]:
    """The lecture's table; a published repetition of it differs by up to 0.26, in the mean by 0.12."""
    mean = Claim(
        name="published_mean_rate",
        statement="On photographs the singular vectors fool as often as in the lecture, in the mean of its nine pairs "
        "of networks.",
        source="the lecture: table of VGG-16, VGG-19 and ResNet50",
        measured=(Rows(case="transfer", method="singular_vector", quantity="mean_fooling_rate", x=NORM),),
        reference="published",
        relation="equals",
        tolerance=0.15,
        needs=tuple(size for target in NETWORKS for size in _on_photographs(target)),
    )
    return [mean] + [
        Claim(
            name=f"published_rate_{source}_to_{target}",
            statement=f"On photographs the singular vector of {NETWORKS[source]} fools {NETWORKS[target]} as often as "
            "in the lecture, whose rows and columns are inferred.",
            source="the lecture: table of VGG-16, VGG-19 and ResNet50",
            measured=(_rows(target, source, "fooling_rate"),),
            reference="published",
            relation="equals",
            tolerance=0.3,
            needs=_on_photographs(target),
        )
        for source in NETWORKS
        for target in NETWORKS
    ]


def _on_photographs(network: str) -> tuple[Size, ...]:
    """Of the published networks' size."""
    return (*_needs(network), Size(case="accuracy", quantity="pixels", at_least=224, method=network))


def _rows(target: str, source: str, quantity: str) -> Rows:
    return Rows(case=f"tested_on_{target}", method=f"singular_vector_from_{source}", quantity=quantity, x=NORM)
