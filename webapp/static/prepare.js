// The planner's workspace by clicks: stops on the map, visits on the week grid; every change is judged at once.
// Without this script the boxes and lists of the form do the same.
(function () {
  const form = document.getElementById("probleme");
  const frame = document.getElementById("carte-arrets");
  const said = document.getElementById("arret-choisi");
  const preview = document.getElementById("apercu");
  if (!form || !frame) return;
  const PARTS = ["stop", "week", "weekday", "session"];
  let turn = 0;
  let marks = [];

  for (const hidden of form.querySelectorAll(".with-script")) hidden.hidden = false;
  document.getElementById("choix-carte").hidden = false;

  // Rules: the lists of the form are the only place where they are kept.

  function rows(kind) {
    return Array.from(document.querySelectorAll('#' + kind + 's select[name^="' + kind + '-stop-"]')).map(function (list) {
      const number = list.name.split("-").pop();
      return PARTS.map(function (part) { return document.getElementById(kind + "-" + part + "-" + number); });
    });
  }
  function values(row) { return row.map(function (list) { return list.value; }); }
  function holds(kind, stop) { return rows(kind).some(function (row) { return row[0].value === stop; }); }
  function exactly(kind, wanted) {
    return rows(kind).find(function (row) { return values(row).join("|") === wanted.join("|"); });
  }
  function put(kind, wanted, words) {
    const row = exactly(kind, wanted) || rows(kind).find(function (row) { return row[0].value === ""; });
    if (!row) {
      say("Toutes les lignes sont prises : videz-en une.");
      return;
    }
    row.forEach(function (list, number) { list.value = wanted[number]; });
    const folded = row[0].closest("details");
    if (folded) folded.open = true;
    say(words);
    changed();
  }
  function drop(kind, stop, words) {
    for (const row of rows(kind)) if (row[0].value === stop) row.forEach(function (list) { list.value = ""; });
    say(words);
    changed();
  }
  function say(words) { said.replaceChildren(words); clearCells(); }

  // The map.

  frame.addEventListener("load", function () {
    marks = Array.from(frame.contentDocument.querySelectorAll("a.stop"));
    for (const mark of marks) {
      mark.dataset.name = mark.getAttribute("aria-label");
      mark.addEventListener("click", function (event) {
        event.preventDefault();
        choose(mark.hash.replace("#arret-", ""), mark.dataset.name);
      });
    }
    show();
  });
  frame.src = frame.dataset.src;

  function button(words, act, kind) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind || "second";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }
  function choose(stop, name) {
    said.replaceChildren(name + " : ");
    const locked = holds("lock", stop), closed = holds("ban", stop);
    said.append(locked
      ? button("ne plus imposer", function () { drop("lock", stop, name + " : n'est plus imposé."); })
      : button("imposer un passage", function () { put("lock", [stop, "", "", ""], name + " : un passage est imposé."); }));
    said.append(closed
      ? button("rouvrir", function () { drop("ban", stop, name + " : l'arrêt est rouvert."); })
      : button("fermer l'arrêt", function () { put("ban", [stop, "", "", ""], name + " : l'arrêt est fermé."); }));
    said.append("ou choisissez la demi-journée dans la grille.");
    offerCells(stop, name);
    said.querySelector("button").focus();
  }

  // The week grid.

  const cells = Array.from(form.querySelectorAll(".weekgrid td"));
  function place(cell, stop) { return [stop, cell.dataset.week, cell.dataset.weekday, cell.dataset.session]; }
  function clearCells() { for (const old of form.querySelectorAll(".put")) old.remove(); }
  function offerCells(stop, name) {
    clearCells();
    for (const cell of cells) {
      if (!cell.querySelector("input").checked) continue;
      const offered = button("ici", function () {
        put("lock", place(cell, stop), name + " : imposé, " + whenOf(cell) + ".");
      }, "second put");
      offered.setAttribute("aria-label", "Imposer " + name + " " + whenOf(cell));
      cell.append(offered);
    }
  }
  function whenOf(cell) { return cell.querySelector("input").getAttribute("aria-label").replace("Le bus sort ", ""); }
  for (const cell of cells) {
    for (const visit of cell.querySelectorAll(".visit")) {
      const name = visit.textContent;
      const lock = button(name, function () {
        const wanted = place(cell, visit.dataset.stop);
        const row = exactly("lock", wanted);
        if (row) {
          row.forEach(function (list) { list.value = ""; });
          say(name + " : n'est plus imposé " + whenOf(cell) + ".");
          changed();
        } else put("lock", wanted, name + " : imposé, " + whenOf(cell) + ".");
      }, "second visit");
      lock.dataset.stop = visit.dataset.stop;
      lock.setAttribute("aria-label", name + ", imposé " + whenOf(cell));
      visit.replaceWith(lock);
    }
  }

  // What is shown follows the form.

  function show() {
    for (const cell of cells) {
      cell.classList.toggle("shut", !cell.querySelector("input").checked);
      for (const visit of cell.querySelectorAll(".visit")) {
        visit.setAttribute("aria-pressed", String(Boolean(exactly("lock", place(cell, visit.dataset.stop)))));
      }
    }
    for (const mark of marks) {
      const stop = mark.hash.replace("#arret-", "");
      const locked = holds("lock", stop), closed = holds("ban", stop);
      mark.classList.toggle("locked", locked);
      mark.classList.toggle("closed", closed && !locked);
      mark.textContent = locked ? "✓" : closed ? "✕" : "";
      const words = mark.dataset.name + (locked ? ", imposé" : "") + (closed ? ", fermé" : "");
      mark.setAttribute("aria-label", words);
      mark.title = words;
    }
  }
  async function changed() {
    show();
    const mine = ++turn;
    const answer = await fetch(preview.dataset.address, { method: "POST", body: new FormData(form) });
    const text = await answer.text();
    if (mine === turn && answer.ok) preview.innerHTML = text;
  }
  form.addEventListener("change", changed);
  show();
})();
