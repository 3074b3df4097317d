// Lock or ban a stop by a click on the map; without this script the lists below do the same.
(function () {
  const box = document.getElementById("choix-carte");
  const frame = document.getElementById("carte-arrets");
  const said = document.getElementById("arret-choisi");
  if (!box || !frame) return;
  box.hidden = false;
  frame.addEventListener("load", function () {
    for (const mark of frame.contentDocument.querySelectorAll("a.stop")) {
      mark.addEventListener("click", function (event) {
        event.preventDefault();
        choose(mark.hash.replace("#arret-", ""), mark.getAttribute("aria-label"));
      });
    }
  });
  frame.src = frame.dataset.src;
  function choose(stop, name) {
    said.replaceChildren(name + " : ");
    for (const kind of [["lock", "imposer un passage"], ["ban", "interdire tout passage"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "second";
      button.textContent = kind[1];
      button.addEventListener("click", function () { put(kind[0], stop, name, kind[1]); });
      said.append(button, " ");
    }
    said.querySelector("button").focus();
  }
  function put(kind, stop, name, words) {
    for (const list of document.querySelectorAll('select[name^="' + kind + '-stop-"]')) {
      if (list.value === "" || list.value === stop) {
        list.value = stop;
        said.textContent = name + " : " + words + ", c'est noté ci-dessous.";
        return;
      }
    }
    said.textContent = "Toutes les lignes sont prises : videz-en une.";
  }
})();
