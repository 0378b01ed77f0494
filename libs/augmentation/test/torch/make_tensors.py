"""Writes the small torch files that src/control-map/torch-file.spec.ts reads, and numbers.json with what they hold. Needs PyTorch."""

import json

import torch

torch.manual_seed(0)
base = torch.arange(2 * 3 * 4, dtype=torch.float32).reshape(2, 3, 4) / 8

tensors = {
    "half": base.half(),
    "float": base,
    "double": base.double(),
    "bfloat16": base.bfloat16(),
    "byte": (base * 8).byte(),
    "bool": base > 1,
    "long": (base * 8).long(),
    "flat": base[0].clone(),
    # views: strides and offsets that are not those of a fresh tensor
    "transposed": base.permute(0, 2, 1).contiguous().permute(0, 2, 1),
    "offset": torch.cat([base, base])[2:],
    "expanded": base[:1].expand(5, 3, 4),
}
for name, tensor in tensors.items():
    torch.save(tensor, f"{name}.pt")
torch.save({"weights": base, "other": 1}, "dictionary.pt")
torch.save(base, "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(torch.nn.Parameter(base), "parameter.pt")
torch.save(torch.nn.Linear(2, 2), "module.pt")
with open("numbers.json", "w") as file:
    numbers = {name: {"shape": list(t.shape), "values": t.double().flatten().tolist()} for name, t in tensors.items()}
    json.dump(numbers, file)
print(torch.__version__)
