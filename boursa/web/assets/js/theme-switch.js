// form[data-theme-switch]: the choice is seen at once and kept by the server.
const sentAsForm = new WeakSet();
const dark = window.matchMedia("(prefers-color-scheme: dark)");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-switch]") || !event.submitter || sentAsForm.has(form)) return;
  event.preventDefault();
  show(event.submitter.value);
  const sent = new FormData(form, event.submitter);
  keep(form, sent).catch(() => {
    sentAsForm.add(form); // once more as a form, whose answer says what is wrong
    form.requestSubmit(event.submitter);
  });
});

async function keep(form, sent) {
  const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "text/plain" } });
  if (!answer.ok) throw new Error(answer.statusText);
}

function show(choice) {
  const root = document.documentElement;
  root.dataset.appearance = choice;
  root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
}
