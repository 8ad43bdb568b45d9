// Messages at the edge of the page. What is only good news goes away by itself; what offers an
// action, or is a problem, stays until it is closed.
const PATIENCE_MS = 8000;
const SIGNS = { ok: "circle-check", warning: "alert-triangle", error: "circle-x" };

const region = document.getElementById("toasts");

/** Show one sentence; kind: ok, info, warning or error. */
export function toast(sentence, kind = "info") {
  const line = document.createElement("div");
  line.className = `toast-line toast-${kind}`;
  const words = document.createElement("p");
  words.textContent = sentence;
  line.append(sign(SIGNS[kind] ?? "info-circle"), words);
  region.append(line);
  settle(line);
}

function settle(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-close";
  button.setAttribute("aria-label", region.dataset.closeLabel);
  button.append(sign("x"));
  button.addEventListener("click", () => line.remove());
  line.append(button);
  const passing = line.matches(".toast-ok, .toast-info, .toast-message") && !line.querySelector("form");
  if (passing) leaveLater(line);
}

function leaveLater(line) {
  let timer = setTimeout(() => line.remove(), PATIENCE_MS);
  const stay = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => line.remove(), PATIENCE_MS));
  for (const event of ["pointerenter", "focusin"]) line.addEventListener(event, stay);
  for (const event of ["pointerleave", "focusout"]) line.addEventListener(event, go);
}

function sign(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${region.dataset.icons}#${name}`);
  drawn.append(use);
  return drawn;
}

for (const line of region.querySelectorAll("[data-toast]")) settle(line);
