"""The door for other systems: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), and the keys by which they are known."""
