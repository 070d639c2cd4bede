// The plane: what one neuron does everywhere, with the points on it. Points of one's own are put there.
import { control, html, name, svg } from "./dom.js";
import { EDGE } from "./small_network.js";
import { SurfaceCanvas, strongest } from "./surface_canvas.js";

const SIDE = 240; // pixels of the surface
const STEP = 0.25; // of the cross, by an arrow key
const FINE = 0.05; // with Shift
const NEAR = 0.22; // of a point: here a click, or Delete, takes it away
const R = 0.11; // of a point
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const inside = (value) => +Math.max(-EDGE, Math.min(EDGE, value)).toFixed(2);
const written = (value) => value.toFixed(2).replace("-", "−");

// A point: class 1 is a disc, class 0 a square; one that is held out is hollow.
function mark([x, y, label], held) {
  const look = { class: `${label ? "one" : "zero"}${held ? " held" : ""}` };
  if (label) return svg("circle", { cx: x, cy: -y, r: R, ...look });
  const half = 0.9 * R;
  return svg("rect", { x: x - half, y: -y - half, width: 2 * half, height: 2 * half, ...look });
}

function frame() {
  const tick = (value) => [
    svg("text", { x: value, y: EDGE - 0.12 }, written(value).slice(0, -3)),
    svg("text", { x: -EDGE + 0.25, y: -value + 0.1 }, written(value).slice(0, -3)),
  ];
  const named = [
    svg("text", { x: 3.7, y: EDGE - 0.12 }, "x₁"),
    svg("text", { x: -EDGE + 0.25, y: -3.6 }, "x₂"),
  ];
  return svg("g", { class: "ticks", "aria-hidden": "true" }, ...[-2, 0, 2].flatMap(tick), ...named);
}

export class PlaneView {
  // `edit` is called with points [x₁, x₂, label] when somebody has put one or taken one away.
  constructor(edit) {
    this.edit = edit;
    this.surface = new SurfaceCanvas(SIDE);
    this.marks = svg("g");
    this.rings = svg("g", { class: "rings" });
    this.cross = svg("path", { class: "cross", d: "M-.3 0H.3M0-.3V.3" });
    const size = { viewBox: `${-EDGE} ${-EDGE} ${2 * EDGE} ${2 * EDGE}` };
    this.drawing = svg("svg", size, frame(), this.marks, this.rings, this.cross);
    this.words = html("p", { class: "nblib-where", "aria-live": "polite" });
    this.sheet = control(html("div", { class: "nblib-plane" }, this.surface.canvas, this.drawing));
    this.at = [0, 0];
    this.label = 1;
    this.sheet.addEventListener("keydown", (event) => this.press(event));
    this.sheet.addEventListener("click", (event) => this.click(event));
    this.sheet.addEventListener("blur", () => this.sheet.classList.remove("keys"));
    this.own = null;
  }

  // Show points; `own` are those of one's own, which can be changed, or null.
  setPoints(points, trained, own) {
    this.points = points;
    this.own = own;
    this.marks.replaceChildren(...points.map((point, i) => mark(point, i >= trained)));
    const roles = own
      ? { role: "application", "aria-roledescription": "plane for points", tabindex: 0 }
      : { role: "img" };
    for (const attribute of ["role", "aria-roledescription", "tabindex"])
      attribute in roles
        ? this.sheet.setAttribute(attribute, roles[attribute])
        : this.sheet.removeAttribute(attribute);
    this.sheet.classList.toggle("own", own !== null);
  }

  show(values, look) {
    this.surface.paint(values, look.middle, strongest(look, values));
  }

  speak(words) {
    name(this.sheet, words);
  }

  // Ring the points of a mini-batch; the first of them twice.
  ring(rows) {
    const ring = (row, i) => {
      const [cx, y] = this.points[row];
      const rings = [svg("circle", { cx, cy: -y, r: 1.7 * R })];
      return i ? rings : [...rings, svg("circle", { cx, cy: -y, r: 2.6 * R })];
    };
    const known = Array.from(rows).filter((row) => row < this.points.length); // the last may be gone
    this.rings.replaceChildren(...known.flatMap(ring));
  }

  // -- points of one's own --

  say(words) {
    this.words.textContent = words;
  }

  nearest([x, y]) {
    const away = ([px, py]) => Math.hypot(px - x, py - y);
    const sorted = this.own.map((point, i) => [away(point), i]).sort(([one], [other]) => one - other);
    return sorted.length && sorted[0][0] <= NEAR ? sorted[0][1] : -1;
  }

  put(place, label) {
    this.say(`A point of class ${label} at (${place.map(written).join(", ")}).`);
    this.edit([...this.own, [...place, label]]);
  }

  take(i) {
    const [x, y, label] = this.own[i];
    this.say(`The point of class ${label} at (${written(x)}, ${written(y)}) is taken away.`);
    this.edit(this.own.filter((_, other) => other !== i));
  }

  click(event) {
    if (!this.own) return;
    const { left, top, width, height } = this.sheet.getBoundingClientRect();
    const across = (event.clientX - left) / width;
    const down = (event.clientY - top) / height;
    const place = [inside(2 * EDGE * across - EDGE), inside(EDGE - 2 * EDGE * down)];
    const there = this.nearest(place);
    there < 0 ? this.put(place, this.label) : this.take(there);
  }

  press(event) {
    if (!this.own || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      0: () => this.put([...this.at], 0),
      1: () => this.put([...this.at], 1),
      Delete: () => this.takeNearest(),
      Backspace: () => this.takeNearest(),
    };
    const action = KEYS[event.key]
      ? () => this.move(KEYS[event.key], event.shiftKey ? FINE : STEP)
      : actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation(); // arrows turn no pages here
    this.sheet.classList.add("keys");
    action();
    this.cross.setAttribute("transform", `translate(${this.at[0]} ${-this.at[1]})`);
  }

  move([right, up], step) {
    this.at = [inside(this.at[0] + right * step), inside(this.at[1] + up * step)];
    const there = this.nearest(this.at);
    const what = there < 0 ? "" : `, near a point of class ${this.own[there][2]}`;
    this.say(`x₁ = ${written(this.at[0])}, x₂ = ${written(this.at[1])}${what}.`);
  }

  takeNearest() {
    const there = this.nearest(this.at);
    there < 0 ? this.say("There is no point here.") : this.take(there);
  }
}
