"""The rules, one module per family, and the run over them."""
