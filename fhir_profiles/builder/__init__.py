"""Builds what groupbill_profiles ships from the FSH sources; for developers, needs Node. Nothing of it ships."""
