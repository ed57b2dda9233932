"""Code tables with editions: NCCI pairs, MUE, add-on codes, modifiers, places of service, taxonomies, fees."""
