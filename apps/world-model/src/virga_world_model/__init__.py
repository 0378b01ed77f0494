"""The Cosmos-Transfer1 network of Virga: definition, training, checkpoint import and ONNX export."""
