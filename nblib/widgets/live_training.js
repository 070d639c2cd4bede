// Shows a training while it runs (nblib/widgets/live_training.py), and hears the buttons that steer it.
import { button, connect, control, html, lifetime, name, sign, svg } from "./dom.js";

const MAIN = {
  ready: ["next", "Start", "start"],
  running: ["pause", "Pause", "pause"],
  paused: ["next", "Resume", "start"],
};
const AGAIN = ["again", "Start again", "start"];
const BLUE = [0, 114, 178];
const ORANGE = [213, 94, 0];
const EDGE = 221;
const PAPER = 255;
const RATES = [-3, -2, -1, 0, 1].flatMap((power) => [1, 2, 5].map((digit) => +`${digit}e${power}`));
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 0; // ms between two drawings
const [TOP, WIDTH, HEIGHT] = [30, 220, 150]; // of the rectangle of a chart
const SETTINGS = { η: 3, m: 4 }; // where they stand in a point
const SMALL = { "font-size": 11, fill: "var(--nblib-quiet)" };

// -- axes: each gives an amount its place, 0 to 1, and has round numbers to write at it --

// Round numbers from `least` to `most`, three to six of them.
function ticks(least, most) {
  const power = 10 ** Math.floor(Math.log10((most - least) / 3));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((wide) => (most - least) / wide <= 5.5);
  const length = Math.floor((most - least) / step + 1e-9) + 1;
  return Array.from({ length }, (_, i) => +(least + i * step).toPrecision(6));
}

function linear(least, most) {
  return { place: (amount) => (amount - least) / (most - least), marks: ticks(least, most) };
}

function logarithmic(amounts) {
  const known = amounts.filter((amount) => amount > 0);
  const [low, high] = known.length ? [0.8 * Math.min(...known), 1.2 * Math.max(...known)] : [0.1, 1];
  const digits = high / low > 300 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20));
  const marks = decades.flatMap((one) => digits.map((digit) => +(digit * one).toPrecision(1)));
  const place = (amount) => Math.log(amount / low) / Math.log(high / low);
  return { place, marks: marks.filter((mark) => low <= mark && mark <= high) };
}

// -- charts: a point is [epoch, cost, accuracy, η, mini-batch size] --

// One curve with its axes; `wordy` writes at each change of a setting what it became.
function chart(points, value, { left, title, epochs, axis, wordy }) {
  const x = (epoch) => left + (WIDTH * epoch) / epochs;
  const y = (amount) => TOP + HEIGHT * (1 - axis.place(amount));
  const known = points.filter((point) => value(point) !== null && axis.place(value(point)) >= 0);
  const places = known.map((point) => [x(point[0]).toFixed(1), y(value(point)).toFixed(1)]);
  return [
    ...frame(left, title, axis, y, ticks(0, epochs), x),
    ...changes(points, x, left, wordy),
    ...curve(places),
  ];
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

function curve(places) {
  if (!places.length) return [];
  const [cx, cy] = places.at(-1);
  const line = { fill: "none", stroke: "var(--nblib-positive)", "stroke-width": 1.8 };
  return [
    svg("polyline", { points: places.join(" "), ...line }),
    svg("circle", { cx, cy, r: 4, fill: "none", stroke: "var(--nblib-ink)", "stroke-width": 2 }),
  ];
}

// -- the weights as pictures: a cell is 2 × 2 pixels; of a negative one only the upper two have colour --

function paint(canvas, weights, { n, side, columns, levels }) {
  const tile = 2 * side + 2;
  const [width, height] = [columns * tile, Math.ceil(n / columns) * tile];
  if (canvas.width !== width) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  image.data.fill(EDGE);
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  weights.forEach((level, i) => {
    const unit = Math.floor(i / side ** 2);
    const [row, column] = [Math.floor((i % side ** 2) / side), i % side];
    const left = (unit % columns) * tile + 1 + 2 * column;
    const top = Math.floor(unit / columns) * tile + 1 + 2 * row;
    const upper = shade(level, levels);
    const lower = level < 0 ? [PAPER, PAPER, PAPER] : upper;
    image.data.set([...upper, 255, ...upper], 4 * (top * width + left));
    image.data.set([...lower, 255, ...lower], 4 * ((top + 1) * width + left));
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function shade(level, levels) {
  const colour = level > 0 ? BLUE : ORANGE;
  return colour.map((part) => PAPER + (Math.abs(level) / levels) * (part - PAPER));
}

// -- the widget --

// The values that a setting offers: the usual ones, and its own.
function offered(usual, own) {
  return [...new Set([...usual, own])].sort((one, other) => one - other);
}

// What a control of a setting shows: what the person chose last, until the kernel has heard all of it.
class Setting {
  constructor(trait, control, chosen, show, view) {
    Object.assign(this, { trait, control, chosen, show, view, sent: [] });
    control.addEventListener("change", () => this.choose());
  }

  get value() {
    return this.view.model.get(this.trait);
  }

  choose() {
    const chosen = this.chosen();
    if (chosen === (this.sent.at(-1) ?? this.value)) return;
    this.sent.push(chosen);
    this.view.line.send({ [this.trait]: chosen });
  }

  hear() {
    this.sent.splice(0, this.sent.indexOf(this.value) + 1);
    if (!this.sent.length) this.show(this.value);
  }

  giveUp() {
    this.sent = [];
    this.show(this.value);
  }
}

class TrainingView {
  constructor(model, life) {
    this.model = model;
    this.drawn = -Infinity; // when
    this.line = connect(model, life, ["change:status", "change:words"], () =>
      [this.eta, this.size].forEach((setting) => setting.giveUp()),
    );
    this.box = html("div", { class: "nblib-stepper nblib-training", role: "group" });
    this.words = html("p", { class: "nblib-words" });
    this.alert = html("p", { role: "alert" });
    const caption = html("div", { class: "nblib-caption", "aria-live": "polite" }, this.words);
    this.box.append(this.makePictures(), this.makeControls(), caption, this.alert);
    name(this.box, this.about.title);
    [this.eta, this.size].forEach((setting) => setting.hear());
    this.show();
    this.draw();
    this.hear(life);
  }

  makePictures() {
    this.about = this.model.get("about");
    const { n } = this.about.tiles;
    this.curves = svg("svg", { viewBox: "0 0 580 220", role: "img" });
    this.canvas = html("canvas", { role: "img" });
    name(this.canvas, `Weights of ${n} hidden neurons, each as a picture`);
    const caption = html("figcaption", {}, "hidden weights: + blue, solid; − orange, striped");
    const figure = html("figure", {}, this.canvas, caption);
    figure.hidden = !n;
    return html("div", { class: "nblib-picture" }, this.curves, figure);
  }

  makeControls() {
    this.main = button([], () => this.act(this.next[2]));
    this.main.classList.add("nblib-main");
    this.stop = name(
      button([sign("stop"), " Stop"], () => this.act("stop")),
      "Stop",
    );
    this.counter = html("span", { class: "nblib-counter" });
    const settings = [this.makeEta(), this.makeSize()];
    [this.main, this.stop, this.eta.control, this.size.control].forEach(this.line.needs);
    const parts = [this.main, this.stop, ...settings, this.counter, this.line.notice];
    return html("div", { class: "nblib-controls" }, ...parts);
  }

  makeEta() {
    const slider = name(control(html("input", { type: "range", min: 0, step: 1 })), "Learning rate η");
    const written = html("output");
    let rates = RATES;
    const chosen = () => rates[+slider.value];
    const write = () => {
      written.textContent = chosen();
      slider.setAttribute("aria-valuetext", `η = ${chosen()}`);
    };
    const show = (value) => {
      rates = offered(RATES, value);
      slider.max = rates.length - 1;
      slider.value = rates.indexOf(value);
      write();
    };
    slider.addEventListener("input", write);
    this.eta = new Setting("eta", slider, chosen, show, this);
    return html("label", {}, "η", slider, written);
  }

  makeSize() {
    const select = name(control(html("select")), "Mini-batch size");
    const show = (value) => {
      const options = offered(SIZES, value).map((size) => html("option", { value: size }, size));
      select.replaceChildren(...options);
      select.value = value;
    };
    this.size = new Setting("mini_batch_size", select, () => +select.value, show, this);
    return html("label", {}, "mini-batch", select);
  }

  hear(life) {
    const soon = () => this.drawSoon();
    const show = () => this.show();
    const eta = () => this.eta.hear();
    const size = () => this.size.hear();
    life.listen(this.model, { "change:points": soon, "change:weights": soon });
    life.listen(this.model, { "change:status": show, "change:words": show, "change:error": show });
    life.listen(this.model, { "change:eta": eta, "change:mini_batch_size": size });
    this.count(1);
    life.atEnd(() => this.leave());
  }

  // How many views there are in this window is known to it alone.
  count(more) {
    this.model.set("views", (this.model.get("views") ?? 0) + more);
  }

  leave() {
    clearTimeout(this.due);
    cancelAnimationFrame(this.frame);
    this.count(-1);
    const unseen = !this.model.get("views");
    if (unseen && this.model.get("status") === "running") this.act("leave"); // it may be seen elsewhere
  }

  // Sign and name of the main button, and what it does next.
  get next() {
    return MAIN[this.model.get("status")] ?? AGAIN;
  }

  act(action) {
    this.line.send({ action });
  }

  drawSoon() {
    const wait = Math.max(0, this.drawn + CALM - performance.now());
    this.due ??= setTimeout(() => (this.frame = requestAnimationFrame(() => this.draw())), wait);
  }

  draw() {
    [this.due, this.drawn] = [null, performance.now()];
    const [points, weights] = [this.model.get("points"), this.model.get("weights")];
    this.drawCurves(points, this.about.epochs);
    const levels = new Int8Array(weights.buffer, weights.byteOffset, weights.byteLength);
    if (levels.length) paint(this.canvas, levels, this.about.tiles);
    this.box.dataset.points = points.length;
  }

  drawCurves(points, epochs) {
    const [epoch, cost, accuracy] = points.at(-1);
    const later = points.filter((point) => point[0] >= 1);
    const zoom = later.length && later.every((point) => point[2] > 0.8);
    const [costTitle, accuracyTitle] = this.about.headings;
    const costs = {
      left: 50,
      title: costTitle,
      axis: logarithmic(points.map((point) => point[1])),
      wordy: true,
    };
    const shares = { left: 330, title: accuracyTitle, axis: linear(zoom ? 80 : 0, 100) };
    this.curves.replaceChildren(
      ...chart(points, (point) => point[1], { epochs, ...costs }),
      ...chart(points, (point) => 100 * point[2], { epochs, ...shares }),
    );
    this.counter.textContent =
      `epoch ${epoch.toFixed(1)} of ${epochs.toLocaleString("en")} · ` +
      `cost ${cost?.toFixed(4) ?? "–"} · accuracy ${(100 * accuracy).toFixed(1)} %`;
  }

  show() {
    const [drawn, label] = this.next;
    const [status, words] = [this.model.get("status"), this.model.get("words")];
    name(this.main, label, [sign(drawn), ` ${label}`]);
    this.stop.setAttribute("aria-disabled", !["running", "paused"].includes(status)); // it keeps the focus
    this.box.dataset.status = status;
    this.write(this.words, words);
    this.write(this.alert, this.model.get("error"));
    name(this.curves, `Curves of cost and accuracy over the epochs. ${words}`);
  }

  // Write what is new: a screen reader says it again even if it is the same.
  write(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }
}

// Points come one by one, and are kept whether or not a view shows them. When another window has left, each
// that shows the training says so.
function initialize({ model }) {
  const hear = ({ point, roll }) => {
    if (point) model.set("points", [...model.get("points"), point]);
    if (roll && model.get("views")) model.send({ here: true });
  };
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

function render({ model, el }) {
  const life = lifetime(el);
  el.append(new TrainingView(model, life).box);
  return life.end;
}

export default { initialize, render };
