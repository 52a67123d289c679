"""Shapes of the areas: brought in as GeoJSON, simplified once, drawn as maps."""
