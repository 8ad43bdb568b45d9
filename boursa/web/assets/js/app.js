// Every page's scripts. Each file is one behaviour, found by its data- attribute; without any of
// them every form and link still works.
import "htmx.org/dist/htmx.esm.js";
import "./answers.js";
import "./autosubmit.js";
import "./columns.js";
import "./copy.js";
import "./dropzone.js";
import "./menus.js";
import "./print.js";
import "./theme-switch.js";
import "./toasts.js";

// The drawing library is large: only a page with a figure fetches it.
async function drawFigures(within) {
  if (!within.querySelector("[data-chart]")) return;
  const { draw } = await import("./charts.js");
  draw(within);
}

drawFigures(document);
document.addEventListener("htmx:afterSwap", (event) => drawFigures(event.detail.target.parentNode ?? document));
