// Follow a job: the page works without this script too, by reloading itself.
(function () {
  const box = document.getElementById("job");
  if (!box) return;
  const stages = JSON.parse(box.dataset.stages);
  const bar = box.querySelector("progress");
  const words = document.getElementById("stage");
  async function ask() {
    try {
      const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
      const job = await answer.json();
      if (job.state === "done" || job.state === "failed" || job.state === "unknown") {
        location.reload();
        return;
      }
      bar.value = job.share;
      const text = stages[job.stage] || "En attente";
      if (words.textContent !== text) words.textContent = text;
    } catch (error) {
      words.textContent = "Le site ne répond pas, nouvel essai dans un instant.";
    }
    setTimeout(ask, 600);
  }
  ask();
})();
