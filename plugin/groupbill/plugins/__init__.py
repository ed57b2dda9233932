"""Hook specifications and the host's loading and calling of plugins."""
