// One function a kind of figure: data and words in, a drawing's description out.
import { fan } from "./fan.js";
import { across, alongX, band, frame, line, pairs, place, pointer, upward } from "./frame.js";
import { number, percent } from "./words.js";

const UNIT = 16; // how high the unit stands above the axis

function series(data, words, ink) {
  return {
    ...frame(ink, { zoom: data.x.length > 60, unit: Boolean(data.unit) }),
    tooltip: pointer(ink, alongX(data.x[0])),
    xAxis: across(ink, data.x[0]),
    yAxis: upward(ink, data.unit ?? ""),
    series: [line(words.value, pairs(data.x, data.y), ink.first)],
  };
}

function volatility(data, words, ink) {
  const made = series(data, { ...words, value: words.volatility }, ink);
  if (data.level !== null && data.level !== undefined) {
    // In the legend, as the card writes it: a label on the line would lie on the curve.
    const said = data.unit === "%" ? percent(data.level) : number(data.level);
    const ends = [data.x[0], data.x.at(-1)].map((x) => [place(x), data.level]);
    made.series.push(line(`${words.level}  ${said}`, ends, ink.second, { dash: "dashed", silent: true }));
    const { grid, legend } = frame(ink, { legend: made.series, zoom: Boolean(made.dataZoom) });
    Object.assign(made, { grid: { ...grid, top: grid.top + (data.unit ? UNIT : 0) }, legend });
  }
  return made;
}

function histogram(data, words, ink) {
  const bins = data.counts.map((count, index) => [data.edges[index], data.edges[index + 1], count]);
  const bell = data.normal?.map((height, index) => [(data.edges[index] + data.edges[index + 1]) / 2, height]);
  const drawn = [bars(words.count, bins, ink.first)];
  if (bell) drawn.push(line(words.normal, bell, ink.second, { width: 2, smooth: 0.3, silent: true, z: 3 }));
  return {
    ...frame(ink, { legend: bell ? drawn : [], named: Boolean(data.unit), unit: true }),
    tooltip: pointer(ink, ({ value, dataIndex }) => binText(value, data, words, dataIndex), "item"),
    xAxis: across(ink, 0, data.unit ?? ""),
    yAxis: { ...upward(ink, bell ? "" : words.count), scale: false },
    series: drawn,
  };
}

function binText([from, to, count], data, words, index) {
  const expected = data.normal ? `\n${words.normal}  ${number(Math.round(data.normal[index] * 10) / 10)}` : "";
  return `${number(from)} … ${number(to)}\n${words.count}  ${number(count)}${expected}`;
}

function bars(name, bins, colour) {
  return {
    type: "custom",
    name,
    data: bins,
    encode: { x: [0, 1], y: 2 },
    itemStyle: { color: colour, opacity: 0.72 },
    clip: true,
    renderItem: (params, api) => {
      const [left, top] = api.coord([api.value(0), api.value(2)]);
      const [right, ground] = api.coord([api.value(1), 0]);
      const width = Math.max(1, right - left - 1);
      return { type: "rect", shape: { x: left, y: top, width, height: ground - top }, style: { fill: colour, opacity: 0.72 } };
    },
  };
}

function qq(data, words, ink) {
  const ends = [data.theoretical[0], data.theoretical.at(-1)];
  const rule = ends.map((x) => [x, data.intercept + data.slope * x]);
  const bounds = data.low ? data.theoretical.map((x, index) => [x, data.low[index], data.high[index]]) : null;
  const interval = words.band.replace("{level}", number(data.level <= 1 ? 100 * data.level : data.level));
  const drawn = [
    points(words.values, pairs(data.theoretical, data.sample), ink.first),
    line(words.line, rule, ink.second, { silent: true }),
    ...(bounds ? [band(interval, bounds, ink.wide)] : []),
  ];
  return {
    ...frame(ink, { legend: drawn, named: true }),
    tooltip: pointer(ink, ({ value }) => `${words.theoretical}  ${number(value[0])}\n${words.sample}  ${number(value[1])}`, "item"),
    xAxis: across(ink, 0, words.theoretical),
    yAxis: upward(ink),
    series: drawn,
  };
}

function points(name, data, colour) {
  return { type: "scatter", name, data, symbolSize: 5, itemStyle: { color: colour, opacity: 0.75 }, z: 4, emphasis: { scale: 1.6 } };
}

function scatter(data, words, ink) {
  const [first, second] = data.names ?? [words.value, words.value];
  return {
    ...frame(ink, { named: true, unit: true }),
    tooltip: pointer(ink, ({ value }) => `${first}  ${number(value[0])}\n${second}  ${number(value[1])}`, "item"),
    xAxis: across(ink, 0, first),
    yAxis: upward(ink, second),
    series: [points(second, pairs(data.x, data.y), ink.first)],
  };
}

function boxes(data, words, ink) {
  const five = [words.minimum, words.quartile1, words.median, words.quartile3, words.maximum];
  const text = ({ name, value, dataIndex }) =>
    [`${name}  (n = ${number(data.n[dataIndex])})`, ...five.map((word, index) => `${word}  ${number(value[index + 1])}`)].join("\n");
  return {
    ...frame(ink, { named: Boolean(data.unit) }),
    tooltip: pointer(ink, text, "item"),
    xAxis: { ...across(ink, 0, data.unit ?? ""), splitLine: { show: true, lineStyle: { color: ink.line } } },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.names,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.border } },
      axisLabel: { color: ink.ink, width: 140, overflow: "truncate" },
    },
    series: [
      {
        type: "boxplot",
        data: data.five,
        boxWidth: [10, 34],
        itemStyle: { color: ink.wide, borderColor: ink.first, borderWidth: 1.5 },
        emphasis: { disabled: true },
      },
    ],
  };
}

export const options = { line: series, volatility, histogram, qq, fan, scatter, boxes };
