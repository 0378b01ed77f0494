"""Generated from proto/virga/v1 by tools/generate.py."""
