"""Networks of one shape in one module: every operation runs once for all of them."""

import copy
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Stacked(nn.Module):
    """Independent members, whose parameters are stacked along a leading dimension; works for any network by ``vmap``.

    The module also stores, for each member, the parameters of the lowest score so far, see :meth:`keep`. Both are in
    its state, so that an interrupted training loses neither.

    Args:
        members: networks of equal shape without buffers.

    >>> net = Stacked([nn.Linear(2, 1), nn.Linear(2, 1)])
    >>> tuple(net(torch.zeros(2, 5, 2)).shape)
    (2, 5, 1)
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        stacked, _ = torch.func.stack_module_state(list(members))
        self._names = list(stacked)
        self.own = nn.ParameterList(nn.Parameter(value.detach().clone()) for value in stacked.values())
        for index, parameter in enumerate(self.own):
            self.register_buffer(f"kept_{index}", parameter.detach().clone())
        self.scores: Tensor
        self.register_buffer("scores", torch.full((len(members),), torch.inf))
        # in a tuple, so that its parameters are not those of this module
        self._template = (copy.deepcopy(members[0]),)

    def forward(self, inputs: Float[Tensor, "members batch *shape"]) -> Float[Tensor, "members batch *outputs"]:
        """Outputs of every member on its own batch."""
        (template,) = self._template
        parameters = dict(zip(self._names, self.own, strict=True))
        return torch.func.vmap(lambda member, x: torch.func.functional_call(template, member, (x,)))(parameters, inputs)

    def keep(self, scores: Float[Tensor, " members"]) -> float:
        """Store the parameters of members whose score is lower than before; returns the mean of all lowest scores."""
        better = scores < self.scores
        for index, parameter in enumerate(self.own):
            self.get_buffer(f"kept_{index}")[better] = parameter.detach()[better]
        self.scores[better] = scores[better].to(self.scores.dtype)
        return float(self.scores.mean())

    def kept_member(self, index: int) -> nn.Module:
        """A separate network with the stored parameters of one member."""
        (template,) = self._template
        alone = copy.deepcopy(template)
        state = {name: self.get_buffer(f"kept_{i}")[index] for i, name in enumerate(self._names)}
        alone.load_state_dict(state)
        return alone.eval()
