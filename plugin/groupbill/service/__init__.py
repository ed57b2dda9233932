"""The service: notifications come in, sessions are reconciled. Imported by `serve`, `subscribe` and `inbox` only."""
