// The curves of a training while it runs.
import { svg } from "./dom.js";

const [TOP, WIDTH, HEIGHT] = [30, 220, 150]; // of the rectangle of a chart
const SETTINGS = { η: 3, m: 4 }; // where they stand in a point
const SOLID = { stroke: "var(--nblib-positive)" };
const DASHED = { stroke: "var(--nblib-ink)", "stroke-dasharray": "5 3" };
const SMALL = { "font-size": 11, fill: "var(--nblib-quiet)" };

// -- axes: each gives an amount its place, 0 to 1, and has round numbers to write at it --

// Round numbers from `least` to `most`, three to six of them.
function ticks(least, most) {
  const power = 10 ** Math.floor(Math.log10((most - least) / 3));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((wide) => (most - least) / wide <= 5.5);
  const length = Math.floor((most - least) / step + 1e-9) + 1;
  return Array.from({ length }, (_, i) => +(least + i * step).toPrecision(6));
}

export function linear(least, most) {
  return { place: (amount) => (amount - least) / (most - least), marks: ticks(least, most) };
}

export function logarithmic(amounts) {
  const known = amounts.filter((amount) => amount > 0);
  const [low, high] = known.length ? [0.8 * Math.min(...known), 1.2 * Math.max(...known)] : [0.1, 1];
  const digits = high / low > 300 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20));
  const marks = decades.flatMap((one) => digits.map((digit) => +(digit * one).toPrecision(1)));
  const place = (amount) => Math.log(amount / low) / Math.log(high / low);
  return { place, marks: marks.filter((mark) => low <= mark && mark <= high) };
}

// -- charts: a point is [epoch, cost, accuracy, η, mini-batch size], and where both are measured, the cost
// of the validation and the accuracy of the training images --

// What a chart shows: one curve, or that of the training and that of the validation images; the numbers stand
// at these places of a point.
export function lines(both, own, other, scale) {
  const value = (place) => (point) => ((point[place] ?? null) === null ? null : scale * point[place]);
  if (!both) return [{ value: value(own), look: SOLID }];
  const [training, validation] = own === 1 ? [own, other] : [other, own];
  return [
    { name: "training", value: value(training), look: DASHED },
    { name: "validation", value: value(validation), look: SOLID },
  ];
}

// Curves with their axes; `wordy` writes at each change of a setting what it became.
export function chart(points, lines, { left, title, epochs, axis, wordy, before }) {
  const x = (epoch) => left + (WIDTH * epoch) / epochs;
  const y = (amount) => TOP + HEIGHT * (1 - axis.place(amount));
  const places = (all, value) =>
    all
      .filter((point) => value(point) !== null && axis.place(value(point)) >= 0)
      .map((point) => [x(point[0]).toFixed(1), y(value(point)).toFixed(1)]);
  return [
    ...frame(left, title, axis, y, ticks(0, epochs), x),
    ...changes(points, x, left, wordy),
    ...lines.flatMap(({ value, look }) => faint(places(before, value), look)),
    ...lines.flatMap(({ value, look }) => curve(places(points, value), look)),
    ...(lines.length > 1 ? key(lines, left) : []),
  ];
}

// What the curves are, at the foot of the chart.
function key(lines, left) {
  return lines.flatMap(({ name, look }, i) => {
    const [x, y] = [left + 8 + 100 * i, TOP + HEIGHT + 46];
    return [
      svg("line", { x1: x, x2: x + 24, y1: y - 4, y2: y - 4, "stroke-width": 1.8, ...look }),
      svg("text", { x: x + 29, y, ...SMALL }, name),
    ];
  });
}

function faint(places, look) {
  if (!places.length) return [];
  const line = { fill: "none", ...look, stroke: "var(--nblib-quiet)", "stroke-width": 0.9 };
  return [svg("polyline", { points: places.join(" "), ...line })];
}

function frame(left, title, axis, y, epochs, x) {
  const right = left + WIDTH;
  const bottom = TOP + HEIGHT;
  const bold = { "font-size": 12, fill: "var(--nblib-ink)", "font-weight": "bold" };
  const edge = { width: WIDTH, height: HEIGHT, fill: "none", stroke: "var(--nblib-grid)" };
  const middle = { "text-anchor": "middle", ...SMALL };
  const level = (mark) => [
    svg("line", { x1: left, x2: right, y1: y(mark), y2: y(mark), stroke: "var(--nblib-grid)" }),
    svg("text", { x: left - 6, y: y(mark) + 4, "text-anchor": "end", ...SMALL }, mark),
  ];
  return [
    svg("text", { x: left - 30, y: 18, ...bold }, title),
    svg("rect", { x: left, y: TOP, ...edge }),
    svg("text", { x: left + WIDTH / 2, y: bottom + 32, ...middle }, "epoch"),
    ...epochs.map((epoch) => svg("text", { x: x(epoch), y: bottom + 16, ...middle }, epoch)),
    ...axis.marks.flatMap(level),
  ];
}

function changes(points, x, left, wordy) {
  const parts = [];
  let written = 0;
  points.forEach((point, i) => {
    const before = points[i - 1] ?? point;
    const settings = Object.entries(SETTINGS).filter(([, k]) => point[k] !== before[k]);
    if (!settings.length) return;
    const at = x(before[0]);
    const far = at > left + WIDTH - 60;
    const line = { x1: at, x2: at, y1: TOP, y2: TOP + HEIGHT };
    parts.push(svg("line", { ...line, stroke: "var(--nblib-mark)", "stroke-dasharray": "4 3" }));
    const place = { x: at + (far ? -4 : 4), y: TOP + 13 + 14 * (written++ % 5) };
    const words = settings.map(([symbol, k]) => `${symbol} = ${point[k]}`).join(", ");
    const look = { "text-anchor": far ? "end" : "start", ...SMALL, fill: "var(--nblib-mark)" };
    if (wordy) parts.push(svg("text", { ...place, ...look }, words));
  });
  return parts;
}

function curve(places, look) {
  if (!places.length) return [];
  const [cx, cy] = places.at(-1);
  const line = { fill: "none", "stroke-width": 1.8, ...look };
  return [
    svg("polyline", { points: places.join(" "), ...line }),
    svg("circle", { cx, cy, r: 4, fill: "none", stroke: "var(--nblib-ink)", "stroke-width": 2 }),
  ];
}
