"""What the study claims, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size
from mlsim.studies.expressivity.network_claims import BOUND, network_claims

THEOREM = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Theorem 1"
TABLE = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Table 1"

CASES = Size(case="all_ranks", quantity="cases", at_least=25)
TENSORS = Size(case="all_ranks", method="tt", quantity="cases", at_least=25)
GRIDS = Size(case="grid_m4_t6", method="relu", quantity="draws", at_least=20)
LONGEST = Size(case="cp_width_n3_r3", method="cp", quantity="largest_d", at_least=10)


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        *_ranks(),
        *_conversions(),
        *_canonical_and_grids(),
        *_approximation(),
        *network_claims(),
    ]


def _ranks() -> list[Claim]:
    claims = []
    for method, words in (("tt", "independent cores"), ("tt_shared", "one shared core")):
        for quantity, text, source in (
            ("draws_off_the_cut", "equals the minimal cut", "derived here: the flattening factors through each cut"),
            ("draws_below_the_bound", "is at least q^(d/2), q = min(n, r)", THEOREM),
        ):
            claims.append(
                Claim(
                    name=f"{method}_{quantity}",
                    statement=f"With {words} the exact rank of each draw {text}.",
                    source=source,
                    measured=(Rows(case="all_ranks", method=method, quantity=quantity),),
                    reference=0.0,
                    relation="equals",
                    needs=(CASES,),
                )
            )
    return [
        *claims,
        Claim(
            name="theorem_is_not_sharp_for_many_values",
            statement="For n = 4 > r = 2 and d = 8 the rank is 128, eight times the theorem's bound.",
            source="minimal cut; measured here",
            measured=(Rows(case="rank_n4_r2", method="tt", quantity="exact_rank", x=(8.0,)),),
            reference=128.0,
            relation="equals",
            needs=(CASES,),
        ),
    ]


def _conversions() -> list[Claim]:
    converted = (
        ("ht_to_tt", "a train of width r^ceil(log2(d) / 2)", 2, (4.0, 8.0, 16.0)),
        ("tt_to_ht", "a tree of width r^2 (r for four modes)", 2, (4.0, 8.0, 16.0)),
        ("ht_to_cp", "a shallow network of width at least r^(d/2)", 2, (4.0, 8.0, 16.0)),
    )
    return [
        Claim(
            name=f"{name}_width",
            statement=f"A random network of the format {name[:2].upper()} of width r = {r} needs {text}.",
            source=f"{TABLE}, recalled; exponents rounded up here",
            measured=(Rows(case=f"convert_{name}_r{r}", method=f"n{r}", quantity="needed_width", x=x),),
            reference=Rows(case=f"convert_{name}_r{r}", method=f"n{r}", quantity="closed_form", x=x),
            relation="equals",
            needs=(TENSORS,),
        )
        for name, text, r, x in converted
    ]


def _canonical_and_grids() -> list[Claim]:
    ranks = (5.0, 17.0, 64.0, 70.0)
    return [
        Claim(
            name="canonical_rank_is_seen_by_the_flattening",
            statement="A random canonical tensor of rank R has odd-even rank min(R, n^(d/2)).",
            source="dimension count; measured here",
            measured=(Rows(case="canonical_n4_d6", method="cp", quantity="exact_rank", x=ranks),),
            reference=Rows(case="canonical_n4_d6", method="cp", quantity="min_cut", x=ranks),
            relation="equals",
            needs=(TENSORS,),
        ),
        Claim(
            name="relu_networks_can_be_nearly_shallow",
            statement="Some random relu networks of width 1 to 4 have grid tensors of less than half the full rank 64.",
            source="V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled: an open set needs width 1 only",
            measured=(Rows(case="grid_m4_t6", method="relu", quantity="smallest_rank", x=(1.0, 2.0, 3.0, 4.0)),),
            reference=32.0,
            relation="at most",
            needs=(GRIDS,),
        ),
        Claim(
            name="relu_networks_can_have_full_rank",
            statement="Some random relu networks exceed the multiplicative rank min(M, R)^(T/2), for R = 1 to 3.",
            source="V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled",
            measured=(Rows(case="grid_m4_t6", method="relu", quantity="largest_rank", x=(1.0, 2.0, 3.0)),),
            reference=Rows(case="grid_m4_t6", method="relu", quantity="theorem_bound", x=(1.0, 2.0, 3.0)),
            relation="above",
            needs=(GRIDS,),
        ),
    ]


def _approximation() -> list[Claim]:
    never_below = [
        Claim(
            name=f"least_squares_stay_above_the_bound_r{r}",
            statement=f"For trains of rank {r} no run of alternating least squares is below the lower bound.",
            source=BOUND,
            measured=(Rows(case=f"cp_error_r{r}", method="cp", quantity="smallest_excess"),),
            reference=0.0,
            relation="at least",
            # rounding, where the bound is zero
            tolerance=1e-12,
            needs=(Size(case=f"cp_error_r{r}", quantity="draws", at_least=3),),
        )
        for r in (2, 3)
    ]
    growing = (4.0, 6.0, 8.0, 10.0)
    return [
        *never_below,
        Claim(
            name="needed_canonical_rank_grows_exponentially",
            statement="For an error of a tenth, trains of width 3 need a canonical rank that at least grows by 1.6 "
            "with each pair of modes: 1.6^(d/2), certified by the bound.",
            source=f"{THEOREM}, in the form for errors; {BOUND}",
            measured=(Rows(case="cp_width_n3_r3", method="cp", quantity="rank_growth", x=growing[1:]),),
            reference=1.6,
            relation="at least",
            needs=(LONGEST,),
        ),
    ]
