"""A plain PyTorch loop over a masked autoencoder: the peer of `mood bench train`.

Prints "ready TORCH_VERSION", then for each line N on its input takes N steps and prints the seconds that they took.
Source of the model: He et al. 2022, with the shape given on the command line; images are random and lie ready.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def attend(self, tokens):
        batch, count, width = tokens.shape
        q, k, v = self.qkv(tokens).reshape(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v)
        else:
            mixed = ((q @ k.transpose(-2, -1)) * (width // self.heads) ** -0.5).softmax(-1) @ v
        return self.proj(mixed.transpose(1, 2).reshape(batch, count, width))

    def forward(self, tokens):
        tokens = tokens + self.attend(self.norm1(tokens))
        return tokens + self.fc2(F.gelu(self.fc1(self.norm2(tokens))))


class MaskedAutoencoder(nn.Module):
    def __init__(self, side, patch, width, depth, heads, decoder_width, decoder_depth):
        super().__init__()
        self.patch, self.count = patch, (side // patch) ** 2
        self.embed, self.cls = nn.Conv2d(3, width, patch, patch), nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, self.count + 1, width) * 0.02, requires_grad=False)
        self.blocks, self.norm = nn.ModuleList(Block(width, heads) for _ in range(depth)), nn.LayerNorm(width, eps=1e-6)
        self.narrow, self.mask = nn.Linear(width, decoder_width), nn.Parameter(torch.zeros(1, 1, decoder_width))
        self.decoder_positions = nn.Parameter(torch.randn(1, self.count + 1, decoder_width) * 0.02, requires_grad=False)
        self.decoder = nn.ModuleList(Block(decoder_width, 3) for _ in range(decoder_depth))
        self.decoder_norm, self.predict = nn.LayerNorm(decoder_width, eps=1e-6), nn.Linear(decoder_width, 3 * patch * patch)

    def forward(self, images, ratio):
        batch, patch, grid = len(images), self.patch, images.shape[2] // self.patch
        tokens = self.embed(images).flatten(2).transpose(1, 2) + self.positions[:, 1:]
        shuffle = torch.rand(batch, self.count).argsort(1)
        restore, kept = shuffle.argsort(1), int(self.count * (1 - ratio))
        keep = shuffle[:, :kept, None].expand(-1, -1, tokens.shape[2])
        tokens = torch.cat([(self.cls + self.positions[:, :1]).expand(batch, -1, -1), tokens.gather(1, keep)], 1)
        for block in self.blocks:
            tokens = block(tokens)
        tokens = self.narrow(self.norm(tokens))
        filled = torch.cat([tokens[:, 1:], self.mask.expand(batch, self.count - kept, -1)], 1)
        filled = filled.gather(1, restore[:, :, None].expand(-1, -1, filled.shape[2]))
        tokens = torch.cat([tokens[:, :1], filled], 1) + self.decoder_positions
        for block in self.decoder:
            tokens = block(tokens)
        predicted = self.predict(self.decoder_norm(tokens))[:, 1:]
        target = images.reshape(batch, 3, grid, patch, grid, patch).permute(0, 2, 4, 3, 5, 1).reshape(batch, self.count, -1)
        target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6).sqrt()
        removed = (restore >= kept).float()
        return ((predicted - target).square().mean(-1) * removed).sum() / removed.sum()


def main():
    batch, side, patch, width, depth, heads, decoder_width, decoder_depth = map(int, sys.argv[1:])
    torch.manual_seed(1)
    model = MaskedAutoencoder(side, patch, width, depth, heads, decoder_width, decoder_depth)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, betas=(0.9, 0.95))
    images = torch.rand(batch, 3, side, side) * 2 - 1
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        begin = time.perf_counter()
        for _ in range(int(line)):
            optimizer.zero_grad()
            loss = model(images, 0.75)
            loss.backward()
            optimizer.step()
            loss.item()
        print(time.perf_counter() - begin, flush=True)


main()
