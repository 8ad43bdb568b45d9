// <select data-reload>: what is chosen decides what else the form asks (a dataset's columns), so the
// page is asked for again, with what the form holds as its parameters.
import { comeBackTo } from "./refocus.js";

for (const button of document.querySelectorAll("[data-reload-button]")) button.hidden = true;

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-reload]")) return;
  const held = [...new FormData(target.form)].filter(
    ([name, value]) => typeof value === "string" && value !== "" && name !== "csrf_token",
  );
  comeBackTo(target);
  window.location.assign(`${window.location.pathname}?${new URLSearchParams(held)}`);
});
