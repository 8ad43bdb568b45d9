// Numbers and dates in the drawing, as the page's language writes them.
const language = document.documentElement.lang;
const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 5 });
const tiny = new Intl.NumberFormat(language, { notation: "scientific", maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(language === "en" ? "sv" : language, { timeZone: "UTC" }); // ISO in English
const clock = new Intl.DateTimeFormat(language, { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hour12: false });
const month = new Intl.DateTimeFormat(language, { timeZone: "UTC", month: "short", year: "numeric" });
const share = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 });
const dayAndMonth = new Intl.DateTimeFormat(language, { timeZone: "UTC", day: "numeric", month: "short" });

const DAY_MS = 86_400_000;

export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e9) ? tiny.format(value) : plain.format(value);
  return text.replace("-", "−");
}

/** A number of percent, as the cards write it. */
export const percent = (value) => share.format(value / 100).replace("-", "−");

export function date(value) {
  const moment = new Date(value);
  return value % DAY_MS ? `${day.format(moment)} ${clock.format(moment)}` : day.format(moment);
}

/** A tick: the year at its turn, else the month with its year, since a narrow axis may show no turn; else the day, else the hour. */
export function tick(value) {
  const moment = new Date(value);
  if (value % DAY_MS) return clock.format(moment);
  if (moment.getUTCDate() !== 1) return dayAndMonth.format(moment);
  return moment.getUTCMonth() === 0 ? String(moment.getUTCFullYear()) : month.format(moment);
}

/** Fill {placeholders} of a sentence from the server. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
