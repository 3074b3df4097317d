// The base map under every map: our own vector tiles, drawn in our own colours; or the tiles that the page names.
function addBaseMap(map, labels) {
  // Decoration: what matters is drawn above it, and told in a list.
  map.getPane("tilePane").setAttribute("aria-hidden", "true");
  const own = document.querySelector("script[data-tiles]").dataset;
  if (own.kind === "ign") {
    L.tileLayer(own.tiles, { attribution: "© IGN", minZoom: 7, maxZoom: 18 }).addTo(map);
    return;
  }
  const line = function (color, width, dash) {
    return new protomapsL.LineSymbolizer({ color: color, width: width, dash: dash });
  };
  const road = function (kind, color, width) {
    return { dataLayer: "roads", symbolizer: line(color, width), filter: function (zoom, feature) { return feature.props.kind === kind; } };
  };
  const name = function (rank, size, weight) {
    return {
      dataLayer: "names",
      symbolizer: new protomapsL.CenteredTextSymbolizer({
        labelProps: ["name"], fill: "#22313a", stroke: "#ffffff", width: 2, font: weight + " " + size + "px Atkinson, sans-serif",
      }),
      filter: function (zoom, feature) { return feature.props.rank === rank; },
    };
  };
  protomapsL.leafletLayer({
    url: own.tiles, lang: document.documentElement.lang, attribution: "", maxDataZoom: 14, minZoom: 7, backgroundColor: "#f4f1ea",
    paintRules: [
      road(3, "#d9d4c7", 1), road(2, "#cfc4a8", 1.6), road(1, "#c9a46a", 2.6),
      { dataLayer: "communes", symbolizer: line("#8a979d", 0.8, [3, 3]) },
    ],
    labelRules: labels ? [name(1, 15, "700"), name(2, 13, "700"), name(4, 12, "400"), name(5, 11, "400")] : [],
  }).addTo(map);
}
