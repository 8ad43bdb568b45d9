// What all drawings share: the frame, axes, the box under the pointer, the zoom.
import { date, number, tick } from "./words.js";

const isDate = (value) => typeof value === "string";

/** Dates become milliseconds (UTC); row numbers stay what they are. */
export const place = (value) => (isDate(value) ? Date.parse(value) : value);

export const pairs = (x, y) => x.map((value, index) => [place(value), y[index]]);

const LEGEND = { line: 22, sign: 42, letter: 6.4 };

/** How high the legend stands: its entries wrap as words do. */
function height(legend, width) {
  let [lines, used] = [1, 0];
  for (const { name } of legend) {
    const wide = LEGEND.sign + LEGEND.letter * name.length;
    if (used && used + wide > width) [lines, used] = [lines + 1, 0];
    used += wide;
  }
  return 12 + LEGEND.line * lines;
}

export function frame(ink, { legend = [], zoom = false, named = false, unit = false } = {}) {
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: ink.font, fontSize: 12, color: ink.muted },
    grid: { left: 4, right: 14, top: legend.length ? height(legend, ink.width) : unit ? 26 : 10, bottom: zoom ? 30 : named ? 22 : 2, containLabel: true },
    legend: {
      show: legend.length > 0,
      data: legend.map(entry),
      left: 0,
      top: 0,
      itemWidth: 20,
      itemHeight: 9,
      itemGap: 16,
      textStyle: { color: ink.muted },
    },
    ...(zoom ? { dataZoom: zooms(ink) } : {}),
  };
}

/** A line's sign is the line alone, without a mark in its middle. */
const entry = ({ type, name }) => (type === "line" ? { name, itemStyle: { opacity: 0 } } : { name });

/** The slider moves; in the drawing itself only Ctrl and the wheel do, so that the page still scrolls. */
function zooms(ink) {
  const inside = { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, filterMode: "none" };
  const slider = {
    type: "slider",
    height: 18,
    bottom: 4,
    left: 8,
    right: 14,
    filterMode: "none",
    showDetail: false,
    brushSelect: false,
    borderColor: ink.line,
    fillerColor: ink.wide,
    handleStyle: { color: ink.panel, borderColor: ink.muted },
    moveHandleStyle: { color: ink.border },
    dataBackground: { lineStyle: { color: ink.line }, areaStyle: { color: ink.line } },
    selectedDataBackground: { lineStyle: { color: ink.faint }, areaStyle: { color: ink.wide } },
  };
  return [inside, slider];
}

const rule = (ink) => ({ lineStyle: { color: ink.line } });

export function across(ink, sample, name = "") {
  const dated = isDate(sample);
  return {
    type: dated ? "time" : "value",
    scale: true,
    name,
    nameLocation: "middle",
    nameGap: 26,
    nameTextStyle: { color: ink.muted },
    axisLine: { show: true, onZero: false, lineStyle: { color: ink.border } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: ink.muted, hideOverlap: true, formatter: dated ? tick : number },
    axisPointer: { lineStyle: { color: ink.border, type: "solid" } },
  };
}

export function upward(ink, name = "") {
  return {
    type: "value",
    scale: true,
    name,
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { color: ink.muted, align: "left", padding: [0, 0, 0, -8] },
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    splitLine: rule(ink),
    splitNumber: 4,
    axisLabel: { color: ink.muted, hideOverlap: true, formatter: number },
  };
}

/** The box under the pointer: plain text, since styles inside the page are not allowed. */
export function pointer(ink, formatter, trigger = "axis") {
  return {
    trigger,
    renderMode: "richText",
    confine: true,
    transitionDuration: 0,
    backgroundColor: ink.panel,
    borderColor: ink.border,
    borderWidth: 1,
    padding: [7, 10],
    textStyle: { color: ink.ink, fontFamily: ink.font, fontSize: 12, lineHeight: 17 },
    formatter,
  };
}

/** Head: where the pointer stands; then a line for each series that has a number there. */
export function alongX(sample) {
  const head = isDate(sample) ? date : number;
  return (points) =>
    [head(points[0].axisValue), ...points.filter(hasNumber).map((one) => `${one.seriesName}  ${number(one.value[1])}`)].join("\n");
}

const hasNumber = (one) => one.seriesType === "line" && one.value[1] !== null;

/** A line without marks. */
export function line(name, data, colour, more = {}) {
  const { width = 1.5, dash = "solid", ...rest } = more;
  return {
    type: "line",
    name,
    data,
    symbol: "none",
    itemStyle: { color: colour },
    lineStyle: { color: colour, width, type: dash },
    emphasis: { disabled: true },
    ...rest,
  };
}

/** The surface between two lines: one polygon. rows: [x, low, high]. */
export function band(name, rows, colour) {
  return {
    type: "custom",
    name,
    data: rows,
    encode: { x: 0, y: [1, 2], tooltip: [] },
    itemStyle: { color: colour },
    silent: true,
    clip: true,
    z: 1,
    renderItem: (params, api) => {
      if (params.dataIndexInside !== 0) return null;
      const low = rows.map(([x, bottom]) => api.coord([x, bottom]));
      const high = rows.map(([x, , top]) => api.coord([x, top]));
      return { type: "polygon", shape: { points: [...low, ...high.reverse()] }, style: { fill: colour } };
    },
  };
}
