"""NVIDIA's published checkpoints, as they are downloaded, to a bundle that the runtime loads."""
