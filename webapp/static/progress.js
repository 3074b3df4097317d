// Follow a job: without this script, a link opens the page again.
(function () {
  const box = document.getElementById("job");
  if (!box) return;
  const stages = JSON.parse(box.dataset.stages);
  const bar = box.querySelector("progress");
  const words = document.getElementById("stage");
  // The value reached and its proven bound, over time, for the first objective.
  function draw(curve) {
    const points = curve.filter(function (p) { return p[1] === "need"; });
    if (points.length < 2) return;
    const last = points[points.length - 1][0] || 1;
    const all = points.flatMap(function (p) { return [p[2], p[3]]; });
    const low = Math.min(...all), high = Math.max(...all), span = high - low || 1;
    const place = function (p, n) { return (10 + 580 * p[0] / last) + "," + (210 - 200 * (p[n] - low) / span); };
    document.getElementById("valeur").setAttribute("points", points.map(function (p) { return place(p, 2); }).join(" "));
    document.getElementById("limite").setAttribute("points", points.map(function (p) { return place(p, 3); }).join(" "));
    const end = points[points.length - 1];
    const gap = Math.abs(end[3] - end[2]) / Math.max(1e-9, Math.abs(end[2]));
    document.getElementById("courbe-texte").textContent = "Écart : " + (100 * gap).toFixed(1).replace(".", ",") + " %.";
    document.getElementById("courbe").hidden = false;
  }
  async function ask() {
    try {
      const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
      const job = await answer.json();
      if (["done", "failed", "unknown", "cancelled", "interrupted"].includes(job.state)) {
        location.reload();
        return;
      }
      bar.value = job.share;
      draw(job.curve || []);
      const text = stages[job.stage] || "En attente";
      if (words.textContent !== text) words.textContent = text;
    } catch (error) {
      words.textContent = "Le site ne répond pas, nouvel essai dans un instant.";
    }
    setTimeout(ask, 600);
  }
  ask();
})();
