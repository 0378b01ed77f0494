"""ONNX export in the bundle's cut, checked against PyTorch."""
