// form[data-upload]: the file is sent with a progress bar, and may be dropped anywhere on the page.
import { sentenceOf } from "./answers.js";

const BYTES_PER_MB = 1_000_000; // as the server counts

const veil = document.querySelector("[data-drop-veil]");
const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const sending = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]")) return;
  event.preventDefault();
  send(form, form.elements.file.files[0]);
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-upload-cancel]")?.closest("[data-upload]");
  if (!form) return;
  sending.get(form)?.abort();
  rest(form);
  if (veil?.contains(form)) veil.hidden = true;
});

if (veil) listenForDrops();

function listenForDrops() {
  const form = veil.querySelector("form");
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    if (!sending.has(form)) rest(form);
    veil.hidden = false;
  });
  window.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget && !sending.has(form)) veil.hidden = true;
  });
  window.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (sending.has(form)) return;
    const [file] = event.dataTransfer.files;
    if (file) send(form, file);
    else veil.hidden = true; // a folder, or something that is no file after all
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !sending.has(form)) veil.hidden = true;
  });
}

function send(form, file) {
  rest(form);
  if (!file) return;
  const limit = Number(form.dataset.maxMb);
  const size = file.size / BYTES_PER_MB;
  if (size > limit) {
    say(form, "tooLarge", { name: file.name, size: format.format(size), limit: format.format(limit) });
    return;
  }
  const content = new FormData(form);
  content.set("file", file, file.name);
  const request = new XMLHttpRequest();
  sending.set(form, request);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
  request.upload.addEventListener("progress", (event) => show(form, file, event));
  request.addEventListener("load", () => finish(form, request));
  request.addEventListener("error", () => fail(form, "lost"));
  show(form, file, {});
  request.send(content);
}

function show(form, file, { loaded = 0, total = 0 }) {
  form.classList.add("sending");
  form.querySelector("[data-drop-words]")?.setAttribute("hidden", "");
  const part = form.querySelector("[data-upload-progress]");
  const bar = part.querySelector("progress");
  const all = total > 0 && loaded >= total;
  const note = form.dataset[all ? "reading" : "sending"].replace("{name}", file.name);
  if (all) bar.removeAttribute("value"); // the server reads now, and nobody knows for how long
  else bar.value = total ? loaded / total : 0;
  const words = part.querySelector("[data-upload-note]");
  if (words.textContent !== note) words.textContent = note; // once, not at every step: it is read aloud
  part.hidden = false;
}

function finish(form, request) {
  if (request.status >= 400) {
    fail(form, "refused", sentenceOf(request.getResponseHeader("Content-Type"), request.responseText));
    return;
  }
  window.location.assign(locationIn(request) ?? request.responseURL);
}

function locationIn(request) {
  if (!(request.getResponseHeader("Content-Type") ?? "").includes("json")) return null;
  try {
    return JSON.parse(request.responseText).location ?? null;
  } catch {
    return null;
  }
}

function fail(form, word, sentence = "") {
  rest(form);
  say(form, word, {}, sentence);
}

function say(form, word, values, sentence = "") {
  const part = form.querySelector("[data-upload-problem]");
  const words = Object.entries(values).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => value),
    form.dataset[word],
  );
  (part.querySelector("p") ?? part).textContent = sentence || words;
  form.querySelector("[data-drop-words]")?.setAttribute("hidden", "");
  part.hidden = false;
}

function rest(form) {
  sending.delete(form);
  form.classList.remove("sending");
  form.querySelector("[data-drop-words]")?.removeAttribute("hidden");
  form.querySelector("[data-upload-progress]").hidden = true;
  form.querySelector("[data-upload-problem]").hidden = true;
}
