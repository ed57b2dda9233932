"""The bundled hook implementations, loaded through the same entry-point group as a stranger's."""
