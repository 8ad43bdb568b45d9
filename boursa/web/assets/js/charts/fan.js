// The forecast: what was, what is expected with how much doubt, and what doing nothing clever says.
import { across, alongX, band, frame, line, pairs, place, pointer, upward } from "./frame.js";
import { fill, number } from "./words.js";

/** Bands from the widest to the narrowest, the naive forecast as lines only. */
export function fan(data, words, ink) {
  const last = lastOf(data.recent);
  const bands = doubts(data, words, ink, last);
  const mean = line(words.forecast, [...last, ...pairs(data.x, data.forecast.mean)], ink.first, { width: 2.25, z: 4 });
  const recent = line(words.recent, pairs(data.recent.x, data.recent.y), ink.recent, { z: 5 });
  const naive = data.naive ? benchmark(data, words, ink, last) : [];
  const drawn = [...bands, ...naive, mean, recent];
  const named = [recent, mean, ...bands, ...naive.slice(0, 2)]; // the naive bounds are two lines of one name
  return {
    ...frame(ink, { legend: named }),
    tooltip: pointer(ink, reading(data, words)),
    xAxis: across(ink, data.x[0]),
    yAxis: upward(ink, data.unit ?? ""),
    series: drawn,
  };
}

/** The last known point, from which the fan opens. */
function lastOf({ x, y }) {
  const index = y.findLastIndex((value) => value !== null);
  return index < 0 ? [] : [[place(x[index]), y[index]]];
}

const named = (words, level) => fill(words.interval, { level: number(level) });

function doubts({ x, forecast }, words, ink, last) {
  const widest = [...(forecast.intervals ?? [])].sort((one, other) => other.level - one.level);
  return widest.map(({ level, low, high }, index) => {
    const opening = last.map(([at, value]) => [at, value, value]);
    const rows = x.map((value, step) => [place(value), low[step], high[step]]);
    return band(named(words, level), [...opening, ...rows], index ? ink.narrow : ink.wide);
  });
}

function benchmark({ x, naive }, words, ink, last) {
  const widest = (naive.intervals ?? []).reduce((one, other) => (one && one.level > other.level ? one : other), null);
  const bound = (values) =>
    line(fill(words.naive_interval, { level: number(widest.level) }), [...last, ...pairs(x, values)], ink.second, { width: 1.5, dash: "dotted", z: 3 });
  const mean = line(words.naive, [...last, ...pairs(x, naive.mean)], ink.second, { width: 1.75, dash: [6, 4], z: 3 });
  return widest ? [mean, bound(widest.low), bound(widest.high)] : [mean];
}

/** Beside the lines, the bounds of each interval at this step. */
function reading(data, words) {
  const lines = alongX(data.x[0]);
  const naiveWidest = words.naive_interval.split("{")[0];
  return (points) => {
    const at = points[0].axisValue;
    const step = data.x.findIndex((value) => place(value) === at);
    const bare = points.filter((one) => !one.seriesName.startsWith(naiveWidest));
    const shown = bare.length ? lines(bare) : lines(points);
    if (step < 0) return shown;
    const bounds = (data.forecast.intervals ?? []).map(
      ({ level, low, high }) => `${named(words, level)}  ${number(low[step])} … ${number(high[step])}`,
    );
    return [shown, ...bounds].join("\n");
  };
}
