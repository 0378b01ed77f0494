"""One transformer block, recipe FA-CA-MLP, each part under AdaLN-LoRA (cosmos-transfer1, module/blocks.py)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .config import NetworkConfig
from .layers import RMSNorm, modulation
from .positions import rotate


class Attention(nn.Module):
    """Multi-head attention without biases; queries and keys are RMS-normalised per head, then rotated if asked."""

    def __init__(self, dim: int, context_dim: int, heads: int) -> None:
        super().__init__()
        head_dim = dim // heads
        self.to_q = nn.Sequential(nn.Linear(dim, dim, bias=False), RMSNorm(head_dim))
        self.to_k = nn.Sequential(nn.Linear(context_dim, dim, bias=False), RMSNorm(head_dim))
        self.to_v = nn.Sequential(nn.Linear(context_dim, dim, bias=False))
        self.to_out = nn.Sequential(nn.Linear(dim, dim, bias=False))
        self.heads, self.head_dim = heads, head_dim

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, self.head_dim))

    def forward(self, x: Tensor, context: Tensor, rope: tuple[Tensor, Tensor] | None) -> Tensor:
        """x [B,L,dim], context [B,M,context_dim] -> [B,L,dim]. No mask: padding text takes part, as in training."""
        q = self.to_q[1](self._heads(self.to_q[0](x))).transpose(1, 2)
        k = self.to_k[1](self._heads(self.to_k[0](context))).transpose(1, 2)
        v = self._heads(self.to_v(context)).transpose(1, 2)
        if rope is not None:
            q, k = rotate(q, *rope), rotate(k, *rope)
        out = F.scaled_dot_product_attention(q, k, v)
        return self.to_out(out.transpose(1, 2).flatten(2))


class AttentionPart(nn.Module):
    """Holds the attention under the official key `attn`."""

    def __init__(self, dim: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.attn = Attention(dim, context_dim, heads)

    def forward(self, x: Tensor, context: Tensor | None, rope: tuple[Tensor, Tensor] | None) -> Tensor:
        """Self-attention where context is None."""
        return self.attn(x, x if context is None else context, rope)


class MlpPart(nn.Module):
    """Linear, exact GELU, linear, without biases."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.layer1 = nn.Linear(dim, hidden, bias=False)
        self.layer2 = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: Tensor, _context: Tensor | None, _rope: tuple[Tensor, Tensor] | None) -> Tensor:
        """[B,L,dim] -> [B,L,dim]."""
        return self.layer2(F.gelu(self.layer1(x)))


class Modulated(nn.Module):
    """x + gate * part(LN(x) * (1 + scale) + shift); the three vectors are W_b W_a SiLU(emb) + the shared term."""

    def __init__(self, config: NetworkConfig, part: nn.Module) -> None:
        super().__init__()
        self.block = part
        self.adaLN_modulation = modulation(config.dim, config.adaln_rank, 3)
        self.dim = config.dim

    def forward(
        self,
        x: Tensor,
        emb: Tensor,
        shared: Tensor,
        context: Tensor | None,
        rope: tuple[Tensor, Tensor] | None,
    ) -> Tensor:
        """x [B,L,dim]; emb [B,dim]; shared [B,3*dim]."""
        values = (self.adaLN_modulation(emb) + shared)[:, None]
        shift, scale, gate = values.chunk(3, dim=-1)
        normed = F.layer_norm(x, (self.dim,), eps=1e-6) * (1 + scale) + shift
        return x + gate * self.block(normed, context, rope)


class Block(nn.Module):
    """Positions added, then self-attention, cross-attention to the text, MLP."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        c = config
        self.blocks = nn.ModuleList(
            [
                Modulated(c, AttentionPart(c.dim, c.dim, c.heads)),
                Modulated(c, AttentionPart(c.dim, c.text_dim, c.heads)),
                Modulated(c, MlpPart(c.dim, int(c.dim * c.mlp_ratio))),
            ]
        )

    def forward(
        self,
        x: Tensor,
        emb: Tensor,
        shared: Tensor,
        text: Tensor,
        rope: tuple[Tensor, Tensor],
        positions: Tensor,
    ) -> Tensor:
        """x [B,L,dim] -> [B,L,dim]."""
        x = x + positions
        x = self.blocks[0](x, emb, shared, None, rope)
        x = self.blocks[1](x, emb, shared, text, None)
        return self.blocks[2](x, emb, shared, None, None)
