"""From YAML text to a Spec: positions, scalars, expressions, blocks, expectations."""
