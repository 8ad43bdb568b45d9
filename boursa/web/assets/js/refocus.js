// What a choice asks for again is the same page: whoever made it with the keys goes on from where they were.
const KEY = "boursa-refocus";

/** Give the focus back to this element on the page that comes next, if it has it now. */
export function comeBackTo(element) {
  if (element === document.activeElement && element.id) stored((storage) => storage.setItem(KEY, element.id));
}

/** A browser that keeps nothing for us refuses by an exception. */
function stored(use) {
  try {
    return use(window.sessionStorage);
  } catch {
    return null;
  }
}

const left = stored((storage) => {
  const id = storage.getItem(KEY);
  storage.removeItem(KEY);
  return id;
});
if (left) document.getElementById(left)?.focus();
