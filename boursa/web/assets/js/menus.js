// <details data-menu>: closes on Escape, on a click elsewhere, and by a [data-close] inside it.
function close(menu, refocus = false) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", ({ target }) => {
  const closer = target.closest("[data-close]");
  if (closer) close(closer.closest("details[data-menu]"), true);
  for (const menu of openMenus()) if (!menu.contains(target)) close(menu);
});

// In a page's content the list is laid over everything: a table that scrolls would cut it off, and
// at the edge of a small screen half of it would be outside.
const EDGE = 8;

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.("main details[data-menu]") && target.open) place(target);
  },
  true,
);

function place(menu) {
  const list = menu.querySelector(".menu-list");
  const { style } = list;
  Object.assign(style, { position: "fixed", right: "auto", top: "0", left: "0" });
  const sign = menu.querySelector("summary").getBoundingClientRect();
  const box = list.getBoundingClientRect();
  const below = sign.bottom + EDGE / 2;
  const fits = below + box.height <= window.innerHeight - EDGE;
  const left = sign.left + box.width <= document.documentElement.clientWidth - EDGE ? sign.left : sign.right - box.width;
  style.top = `${Math.max(EDGE, fits ? below : sign.top - box.height - EDGE / 2)}px`;
  style.left = `${Math.max(EDGE, left)}px`;
}

function closePlaced({ target }) {
  for (const menu of openMenus()) if (menu.closest("main") && target.contains?.(menu)) close(menu);
}

document.addEventListener("scroll", closePlaced, true);
window.addEventListener("resize", () => closePlaced({ target: document }));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const innermost = [...openMenus()].pop();
  if (innermost) close(innermost, true);
});
