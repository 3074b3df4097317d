// Judge every change of the grid at once; without this script the button does it.
(function () {
  const form = document.getElementById("grille");
  const verdict = document.getElementById("verdict");
  if (!form || !verdict) return;
  let turn = 0;
  form.addEventListener("change", async function (event) {
    if (event.target.type === "file") return;
    const mine = ++turn;
    const data = new FormData(form);
    data.delete("fichier");
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
    const text = await answer.text();
    if (mine === turn) verdict.innerHTML = text;
  });
})();
