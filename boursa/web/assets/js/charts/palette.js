// The theme's colours, as they are at this moment.
const NAMES = {
  ink: "--ink",
  muted: "--chart-ink",
  line: "--chart-line",
  panel: "--panel",
  border: "--line-strong",
  recent: "--series-recent",
  first: "--series-1",
  second: "--series-2",
  third: "--series-3",
  faint: "--series-5",
  wide: "--band-95",
  narrow: "--band-80",
};

/** Return {name: colour, ..., font}. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.entries(NAMES).map(([name, property]) => [name, style.getPropertyValue(property).trim()]);
  return { ...Object.fromEntries(colours), font: getComputedStyle(document.body).fontFamily };
}
