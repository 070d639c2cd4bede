// A pad to draw a digit on (nblib/widgets/digit_pad.py). Strokes go to Python, answers come back.
import { button, connect, control, html, lifetime, name, svg } from "./dom.js";

const STEP = 0.04; // of the pen, by an arrow key
const FINE = 0.01; // with Shift
const NEAR = 0.004; // of two points so near to each other, one is enough
const MOST_BYTES = 8e6;
const HELP =
  "Draw with mouse, finger or pen. With the keyboard: arrow keys move the pen (with Shift a little), " +
  "space lowers and raises it, Ctrl+Z undoes.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const inside = (value) => +Math.max(0, Math.min(1, value)).toFixed(4);
const count = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
const newName = () => Math.random().toString(36).slice(2);
const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

// A picture of 28 × 28 brightnesses: ink is black, the stylesheet turns it round on a dark page.
function picture(ink, label, caption) {
  const canvas = name(html("canvas", { width: 28, height: 28, role: "img" }), label);
  const image = new ImageData(28, 28);
  const pixels = new Uint32Array(image.data.buffer);
  ink.forEach((value, i) => (pixels[i] = 0xff000000 | (0x010101 * (255 - value))));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return html("figure", {}, canvas, html("figcaption", {}, caption));
}

// A strip of bars, upwards for positive and downwards for negative activations.
function strip(layer, number) {
  const most = Math.max(1, ...layer.map(Math.abs));
  const low = Math.min(0, ...layer) / most;
  const bar = (a, i) => `M${i + 0.1} 0h.8v${-a / most}h-.8z`;
  const bars = (sign) => layer.map((a, i) => (a * sign > 0 ? bar(a, i) : "")).join("");
  const active = layer.filter((a) => a > 0.5).length;
  const label = `hidden layer ${number}: ${active} of ${layer.length} neurons above 0.5`;
  const size = { viewBox: `0 -1 ${layer.length} ${1 - low}`, preserveAspectRatio: "none", role: "img" };
  const signs = [svg("path", { d: bars(1), class: "more" }), svg("path", { d: bars(-1), class: "less" })];
  const caption = html("figcaption", { "aria-hidden": "true" }, label);
  return html("figure", { class: "nblib-hidden" }, name(svg("svg", size, ...signs), label), caption);
}

// One of the ten outputs: the digit, a bar, the number.
function output(a, digit, { most, best }) {
  const bar = html("i", { style: `width: ${(100 * Math.max(0, a)) / most}%` });
  const parts = [digit, bar, a?.toFixed(2) ?? "–"].map((part) => html("span", {}, part));
  return html("li", { class: best ? "best" : "" }, ...parts);
}

class Pad {
  constructor(model, life) {
    this.model = model;
    this.stroke = null; // under way, as long as the pen is down
    this.pen = [0.5, 0.5];
    this.pointer = null; // the mouse, finger or pen that draws
    if (!model.get("window")) model.set({ window: newName(), strokes: model.get("answer").strokes });
    this.mine = this.sent = []; // strokes drawn here, and those that Python was told of
    this.waiting = false; // for the answer
    this.line = connect(model, life, ["change:answer"], () => this.giveUp());
    this.build();
    this.paint();
    this.show();
    this.hear(life);
  }

  build() {
    this.help = html("p", { class: "nblib-help", id: `nblib-${newName()}` }, HELP);
    this.where = html("p", { class: "nblib-where", "aria-live": "polite" });
    this.words = html("p", { class: "nblib-words" });
    this.file = control(html("input", { type: "file", accept: "image/*", hidden: "" }));
    this.outputs = name(html("ol", { class: "nblib-outputs" }), "The ten outputs");
    this.images = html("div", { class: "nblib-images" });
    this.reading = html("div", { class: "nblib-reading" }, this.outputs, this.images);
    const buttons = [
      button("Undo", () => this.undo()),
      button("Clear", () => this.replace([], "Cleared.")),
      button("Open a picture", () => this.line.isNone() || this.file.click()),
    ];
    buttons.forEach(this.line.needs);
    const controls = html("div", { class: "nblib-controls" }, ...buttons, this.file);
    const left = html("div", {}, this.makeSheet(), controls, this.where, this.help);
    const right = html("div", {}, this.words, this.line.notice, this.reading);
    this.box = html("div", { class: "nblib-stepper nblib-pad", role: "group" }, left, right);
    name(this.box, "Draw a digit");
  }

  makeSheet() {
    const width = this.model.get("thickness");
    const cross = svg("path", { d: "M-.08 0H-.04M.04 0H.08M0-.08V-.04M0 .04V.08" });
    this.lines = svg("g", { "stroke-width": width });
    this.cursor = svg("g", { class: "nblib-cursor" }, svg("circle", { r: width / 2 }), cross);
    const attributes = {
      class: "nblib-sheet",
      viewBox: "0 0 1 1",
      tabindex: 0,
      role: "application",
      "aria-roledescription": "drawing pad",
      "aria-describedby": this.help.id,
    };
    this.sheet = this.line.needs(control(svg("svg", attributes, this.lines, this.cursor)));
    return name(this.sheet, "Pad for one digit");
  }

  hear(life) {
    life.listen(this.model, {
      "change:strokes": () => this.paint(),
      "change:answer": () => this.hearAnswer(),
      "msg:custom": ({ said }) => (this.where.textContent = said),
    });
    life.atEnd(() => this.answered());
    const raise = ({ pointerId }) => pointerId === this.pointer && this.raise();
    const heard = {
      pointerdown: (event) => this.pointerDown(event),
      pointermove: (event) => this.pointerMove(event),
      pointerup: raise,
      pointercancel: raise,
      lostpointercapture: raise,
      focus: () => this.focus(),
      blur: () => this.blur(),
      keydown: (event) => this.press(event),
    };
    for (const [event, call] of Object.entries(heard)) this.sheet.addEventListener(event, call);
    this.file.addEventListener("change", () => this.open());
  }

  get strokes() {
    return this.model.get("strokes");
  }

  // Whether the answer is about all that is drawn.
  get current() {
    return this.model.get("answer").points === count(this.strokes);
  }

  // -- the drawing --

  paint() {
    if (this.strokes !== this.mine) {
      // a cell or another window has drawn something else
      [this.stroke, this.pointer] = [null, null];
      this.mine = this.sent = this.strokes;
    }
    const polyline = (points) => svg("polyline", { points: [points[0], ...points].join(" ") });
    this.lines.replaceChildren(...this.strokes.map(polyline));
    this.cursor.setAttribute("transform", `translate(${this.pen})`);
    this.sheet.classList.toggle("down", this.stroke !== null);
    this.box.dataset.strokes = this.strokes.length;
  }

  lower(point) {
    this.pen = point;
    this.stroke = [point];
    this.changed([...this.strokes, [point]]);
  }

  add(points) {
    for (const point of points) {
      const [x, y] = this.stroke.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) >= NEAR) this.stroke.push(point);
    }
    const copy = [...this.stroke]; // what has been sent must not grow
    this.changed([...this.strokes.slice(0, -1), copy]);
  }

  raise() {
    if (!this.stroke) return;
    this.stroke = this.pointer = null;
    if (this.current) this.speak();
    this.tell();
    this.paint();
  }

  replace(drawn, said) {
    this.raise();
    this.changed(drawn);
    this.where.textContent = said;
  }

  undo() {
    const left = Math.max(0, this.strokes.length - 1);
    const [begun] = this.strokes.at(-1) ?? [this.pen];
    this.replace(this.strokes.slice(0, left), `Undone. Strokes left: ${left}.`);
    this.pen = begun; // where the keys can draw it again
    this.paint();
  }

  // -- to Python and back --

  // Send what is drawn: while the pen moves as fast as answers come, what is complete at once.
  changed(drawn) {
    if (this.line.isNone()) return;
    this.model.set("strokes", (this.mine = drawn));
    if (!this.waiting || !this.stroke) this.tell();
  }

  tell() {
    if (this.mine === this.sent) return;
    this.answered();
    this.waiting = true;
    // The server keeps a small message back until the browser has acknowledged the one before (Nagle's
    // algorithm), and that takes 40 ms unless the browser has something to send: so it sends nothings.
    let nudges = 0;
    this.nudging = setInterval(() => (nudges++ < 4 ? this.line.send({}) : clearInterval(this.nudging)), 14);
    this.line.send({ strokes: (this.sent = this.mine), window: this.model.get("window") });
  }

  answered() {
    clearInterval(this.nudging);
    this.waiting = false;
  }

  giveUp() {
    this.answered();
    this.words.replaceChildren();
    this.reading.hidden = true; // it is about an earlier drawing
  }

  async open() {
    const [chosen] = this.file.files;
    this.file.value = "";
    if (chosen?.size > MOST_BYTES)
      this.where.textContent = `${chosen.name} is larger than 8 MB; choose a smaller picture.`;
    else if (chosen) this.line.send({ file: chosen.name }, [await chosen.arrayBuffer()]);
  }

  speak() {
    const live = this.stroke === null && this.current ? "polite" : "off"; // spoken once the pen is raised
    this.words.setAttribute("aria-live", live);
    this.words.replaceChildren(this.model.get("answer").words); // new even if it says the same
  }

  // What was drawn elsewhere, by a cell or in another window, comes with the answer to it. While an answer
  // to what was drawn here is on its way, that one is the later.
  hearAnswer() {
    const { strokes } = this.model.get("answer");
    if (!this.answersMe && !this.waiting) this.model.set("strokes", strokes);
    this.show();
  }

  get answersMe() {
    return this.model.get("answer").window === this.model.get("window");
  }

  show() {
    const answer = this.model.get("answer");
    if (this.answersMe && answer.points === count(this.sent)) {
      this.answered();
      this.tell(); // what was drawn meanwhile
    }
    this.speak();
    this.reading.hidden = !answer.outputs;
    this.box.dataset.points = answer.points;
    if (answer.outputs) this.showReading(answer);
  }

  showReading(answer) {
    const most = Math.max(1, ...answer.outputs);
    const row = (a, digit) => output(a, digit, { most, best: digit === answer.answer });
    const near = bytes(answer.nearest);
    const neighbour = (label, i) =>
      picture(
        near.subarray(784 * i, 784 * (i + 1)),
        `Training image near to it: a ${label}`,
        `near to it: a ${label}`,
      );
    this.outputs.replaceChildren(...answer.outputs.map(row));
    this.images.replaceChildren(
      picture(
        bytes(answer.seen),
        "The drawing as the network sees it, 28 by 28 pixels",
        "as the network sees it",
      ),
      ...answer.labels.map(neighbour),
      ...answer.hidden.map((layer, i) => strip(layer, i + 1)),
    );
  }

  // -- mouse, finger and keys --

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.sheet.getBoundingClientRect();
    return [inside((clientX - left) / width), inside((clientY - top) / height)];
  }

  pointerDown(event) {
    if (this.pointer !== null || event.button !== 0) return;
    this.raise(); // of the keyboard
    event.preventDefault();
    this.sheet.focus({ preventScroll: true });
    this.sheet.classList.remove("keys");
    this.pointer = event.pointerId;
    this.sheet.setPointerCapture(this.pointer);
    this.lower(this.place(event));
  }

  pointerMove(event) {
    if (event.pointerId !== this.pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    this.add((passed.length ? passed : [event]).map((point) => this.place(point)));
    this.pen = this.place(event);
  }

  focus() {
    if (this.pointer === null && this.sheet.matches(":focus-visible")) this.sheet.classList.add("keys");
  }

  blur() {
    this.sheet.classList.remove("keys");
    this.raise();
  }

  press(event) {
    const command = event.ctrlKey || event.metaKey;
    const ours = event.key === " " || event.key in ARROWS;
    if (command && event.key.toLowerCase() === "z" && !event.shiftKey) this.undo();
    else if (command || event.altKey || this.pointer !== null || !ours) return;
    else this.movePen(event);
    event.preventDefault();
    this.paint();
  }

  movePen({ key, shiftKey, repeat }) {
    if (key === " " && !repeat) this.stroke ? this.raise() : this.lower(this.pen);
    if (key !== " ") {
      const step = shiftKey ? FINE : STEP;
      this.pen = this.pen.map((value, axis) => inside(value + ARROWS[key][axis] * step));
      if (this.stroke) this.add([this.pen]);
    }
    this.sheet.classList.add("keys");
    const [across, down] = this.pen.map((value) => Math.round(100 * value));
    this.where.textContent = `Pen ${this.stroke ? "down" : "up"}, ${across} % across, ${down} % down.`;
  }
}

function render({ model, el }) {
  const life = lifetime(el);
  el.append(new Pad(model, life).box);
  return life.end;
}

export default { render };
