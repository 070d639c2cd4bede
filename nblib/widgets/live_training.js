// Shows a training while it runs (nblib/widgets/live_training.py), and hears the buttons that steer it.
import { CALM, button, connect, control, html, lifetime, name, sign, svg } from "./dom.js";
import { chart, linear, lines, logarithmic } from "./training_charts.js";

const MAIN = {
  ready: ["next", "Start", "start"],
  running: ["pause", "Pause", "pause"],
  paused: ["next", "Resume", "start"],
};
const AGAIN = ["again", "Start again", "start"];
const BLUE = [0, 114, 178];
const ORANGE = [213, 94, 0];
const EDGE = [128, 128, 128, 80];
const CLEAR = [0, 0, 0, 0];
const RATES = [-3, -2, -1, 0, 1].flatMap((power) => [1, 2, 5].map((digit) => +`${digit}e${power}`));
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

// -- the weights as pictures: a cell is 2 × 2 pixels; of a negative one only the upper two have colour --

function paint(canvas, weights, { n, side, columns, levels }) {
  const tile = 2 * side + 2;
  const [width, height] = [columns * tile, Math.ceil(n / columns) * tile];
  if (canvas.width !== width) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  for (let i = 0; i < image.data.length; i += 4) image.data.set(EDGE, i);
  weights.forEach((level, i) => {
    const unit = Math.floor(i / side ** 2);
    const [row, column] = [Math.floor((i % side ** 2) / side), i % side];
    const left = (unit % columns) * tile + 1 + 2 * column;
    const top = Math.floor(unit / columns) * tile + 1 + 2 * row;
    const upper = shade(level, levels);
    const lower = level < 0 ? CLEAR : upper;
    image.data.set([...upper, ...upper], 4 * (top * width + left));
    image.data.set([...lower, ...lower], 4 * ((top + 1) * width + left));
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// The colour of a cell, the less of it the nearer its level is to 0: what is below shines through.
function shade(level, levels) {
  return [...(level > 0 ? BLUE : ORANGE), Math.round((255 * Math.abs(level)) / levels)];
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
    this.unheard = 0; // flips of switches
    this.line = connect(model, life, ["change:status", "change:words"], () => {
      [this.eta, this.size].forEach((setting) => setting.giveUp());
      this.showSwitches();
    });
    this.box = html("div", { class: "nblib-stepper nblib-training", role: "group" });
    this.words = html("p", { class: "nblib-words" });
    this.alert = html("p", { role: "alert" });
    const caption = html("div", { class: "nblib-caption", "aria-live": "polite" }, this.words);
    this.box.append(this.makePictures(), this.makeSwitches(), this.makeControls(), caption, this.alert);
    this.showSwitches();
    name(this.box, this.about.title);
    [this.eta, this.size].forEach((setting) => setting.hear());
    this.show();
    this.draw();
    this.hear(life);
  }

  makePictures() {
    this.about = this.model.get("about");
    const { n } = this.about.tiles;
    this.curves = svg("svg", { viewBox: `0 0 580 ${this.about.both ? 236 : 220}`, role: "img" });
    this.canvas = html("canvas", { role: "img" });
    name(this.canvas, `Weights of ${n} hidden neurons, each as a picture`);
    const caption = html("figcaption", {}, "hidden weights: + blue, solid; − orange, striped");
    const figure = html("figure", {}, html("div", { class: "nblib-mosaic" }, this.canvas), caption);
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

  // A box to tick for each ingredient, if there are any.
  makeSwitches() {
    this.switches = Object.entries(this.model.get("switches")).map(([short, long]) => {
      const box = control(html("input", { type: "checkbox" }));
      box.addEventListener("change", () => this.flip(short, box.checked));
      return { short, box: this.line.needs(box), label: html("label", {}, box, long) };
    });
    const legend = html("legend", {}, "Ingredients");
    const set = html("fieldset", {}, legend, ...this.switches.map(({ label }) => label));
    set.hidden = !this.switches.length;
    return set;
  }

  flip(short, on) {
    this.unheard++;
    this.line.send({ switch: [short, on] });
  }

  // The kernel has heard of one flip, or nobody answers: until it has heard of all, they stay as they are.
  showSwitches(heard = this.unheard) {
    this.unheard = Math.max(0, this.unheard - heard);
    if (this.unheard) return;
    const on = this.model.get("on");
    this.switches.forEach(({ short, box }) => (box.checked = on.includes(short)));
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
    life.listen(this.model, { "change:on": () => this.showSwitches(1), "change:before": soon });
    life.listen(this.model, { "change:error": () => this.showSwitches() });
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
    const [epoch, cost, accuracy, , , , learned] = points.at(-1);
    const before = this.model.get("before");
    const both = this.about.both;
    const later = points.filter((point) => point[0] >= 1);
    const zoom = later.length && later.every((point) => point[2] > 0.8);
    const [costTitle, accuracyTitle] = this.about.headings;
    const all = [...points, ...before];
    const costs = {
      left: 50,
      title: costTitle,
      axis: logarithmic(all.flatMap((point) => (both ? [point[1], point[5]] : [point[1]]))),
      wordy: true,
    };
    const shares = { left: 330, title: accuracyTitle, axis: linear(zoom ? 80 : 0, 100) };
    this.curves.replaceChildren(
      ...chart(points, lines(both, 1, 5, 1), { epochs, before, ...costs }),
      ...chart(points, lines(both, 2, 6, 100), { epochs, before, ...shares }),
    );
    const read = both ? ` · training ${(100 * learned).toFixed(1)} %` : "";
    this.counter.textContent =
      `epoch ${epoch.toFixed(1)} of ${epochs.toLocaleString("en")} · ` +
      `cost ${cost?.toFixed(4) ?? "–"} · accuracy ${(100 * accuracy).toFixed(1)} %${read}`;
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
