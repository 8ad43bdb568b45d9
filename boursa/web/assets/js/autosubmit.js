// <select data-autosubmit>: choosing sends the form. Its button ([data-autosubmit-button]) is for those without scripts.
import { comeBackTo } from "./refocus.js";

for (const button of document.querySelectorAll("[data-autosubmit-button]")) button.hidden = true;

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-autosubmit]")) return;
  comeBackTo(target);
  target.form.requestSubmit();
});
