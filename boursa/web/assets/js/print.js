// [data-print] prints; whatever is folded is printed open.
let opened = [];

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});

window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.disclosure:not([open])")];
  for (const folded of opened) folded.open = true;
});

window.addEventListener("afterprint", () => {
  for (const folded of opened) folded.open = false;
});
