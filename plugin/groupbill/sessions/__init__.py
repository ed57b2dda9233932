"""From resources to sessions: one module per shape, the resolver, the evidence of attendance."""
