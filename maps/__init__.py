"""Maps: Folium pages with local assets, and drawings for print."""
