// [data-copy=ID]: puts what the field holds onto the clipboard, and says so. Hidden where no script runs.
import { toast } from "./toasts.js";

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button) copy(document.getElementById(button.dataset.copy)).then((done) => done && toast(button.dataset.copied, "ok"));
});

/** Over plain HTTP there is no clipboard; there the browser copies what is selected, or the person does. */
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
