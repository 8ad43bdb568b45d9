// Draws every figure[data-chart] from the JSON inside it. The server made the data, the sentence and
// the table; here is only ink.
import { init } from "./charts/echarts.js";
import { options } from "./charts/options.js";
import { palette } from "./charts/palette.js";

const drawn = new Map();

/** Draw the figures in this part of the page that are not drawn yet, and forget those that are gone. */
export function draw(within = document) {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of within.querySelectorAll("[data-chart]")) {
    if (!drawn.has(figure)) start(figure);
  }
}

function start(figure) {
  const canvas = figure.querySelector(".figure-canvas");
  const chart = init(canvas, null, { renderer: "canvas" });
  drawn.set(figure, chart);
  paint(figure, chart);
  new ResizeObserver(() => fit(figure, chart)).observe(canvas);
}

/** A new width may need more lines for the legend, so that the drawing is made anew, not stretched. */
function fit(figure, chart) {
  if (chart.isDisposed() || chart.getWidth() === chart.getDom().clientWidth) return;
  chart.resize();
  paint(figure, chart);
}

function paint(figure, chart) {
  const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const labels = JSON.parse(figure.dataset.labels || "{}");
  const make = options[figure.dataset.chart];
  if (make) chart.setOption(make(data, labels, { ...palette(), width: chart.getWidth() }), true);
}

function paintAll() {
  for (const [figure, chart] of drawn) paint(figure, chart);
}

new MutationObserver(paintAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

// Paper is white: ink for the light theme, and back.
let theme = "";
window.addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.bsTheme;
  document.documentElement.dataset.bsTheme = "light";
  paintAll();
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.bsTheme = theme;
});
