// Suggest places at each keystroke; without this script the fields still take any name.
(function () {
  const list = document.getElementById("lieux");
  if (!list) return;
  let asked = 0;
  for (const field of document.querySelectorAll("input[data-places]")) {
    field.addEventListener("input", async function () {
      const text = field.value.trim();
      if (text.length < 2) return;
      const mine = ++asked;
      try {
        const answer = await fetch(field.dataset.places + "?q=" + encodeURIComponent(text));
        const places = await answer.json();
        if (mine !== asked) return;
        list.replaceChildren(...places.map(function (place) {
          const option = document.createElement("option");
          option.value = place.name;
          option.label = place.kind;
          return option;
        }));
      } catch (error) { /* the field takes what is typed */ }
    });
  }
})();
