// Before anything is painted: what "as the system" means on this screen.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function follow() {
  if (root.dataset.appearance === "system") root.dataset.bsTheme = dark.matches ? "dark" : "light";
}

follow();
dark.addEventListener("change", follow);
