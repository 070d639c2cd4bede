// The three-neuron chain with knobs (nblib/widgets/chain_knobs.py): every number moves with them, right here.
import { button, control, html, lifetime, name } from "./dom.js";
import { chainPass } from "./chain_pass.js";
import { bracketed, num, show, signed, worked } from "./numbers.js";
import { draw } from "./scene.js";
import { terms } from "./terms.js";

const POINTS = 121; // of the cost curve
const REACH = 52; // of the tangent, to both sides
const SMALL = 5e-5; // a slope that is written with four zeros

const colour = (value) => `var(--nblib-${value > 0 ? "positive" : value < 0 ? "negative" : "ink"})`;
const dash = (value) => (value < 0 ? "7 4" : "none");

// Numbers as they fit into the drawing, and into a circle: nblib/drawing/chain_tree.py has the same.
function digits(value) {
  const size = Math.abs(value);
  return size >= 1e-4 && size < 10 ? 4 : size < 100 ? 3 : 2;
}

function narrow(value) {
  const size = Math.abs(value);
  return show(value, size >= 0.01 ? digits(value) : size >= 0.001 ? 3 : 2);
}

// All elements of a drawing whose data has this name, each with what the data says.
function having(root, data) {
  const found = root.querySelectorAll(`[data-${data}]`);
  return [...found].map((part) => [part, part.getAttribute(`data-${data}`)]);
}

class Tree {
  constructor(scene) {
    const { root, show: page } = draw(scene);
    page(0);
    this.root = root;
    const kinds = ["value", "signed", "arrow", "lit", "knob"];
    this.parts = Object.fromEntries(kinds.map((kind) => [kind, having(root, kind)]));
  }

  show(values, knob) {
    const { value, signed: slopes, arrow, lit, knob: boxes } = this.parts;
    for (const [part, which] of value) part.textContent = narrow(values[which]);
    for (const [part, which] of slopes) {
      part.textContent = signed(values[which], digits(values[which]));
      if (part.hasAttribute("font-weight")) part.setAttribute("fill", colour(values[which]));
    }
    for (const [part, which] of arrow) this.showArrow(part, values[which]);
    for (const [part, which] of lit)
      part.setAttribute("stroke", knob.factors.includes(which) ? "var(--nblib-mark)" : "none");
    for (const [part, which] of boxes) {
      part.setAttribute("stroke", `var(--nblib-${which === knob.name ? "mark" : "ink"})`);
      part.setAttribute("stroke-width", which === knob.name ? 4 : 1.2);
    }
    const words = `output a² = ${show(values.a2)}, cost C = ${show(values.cost)}`;
    name(this.root, `The dependency tree with its numbers: ${words}`);
  }

  showArrow(part, factor) {
    const [shaft] = part.children;
    part.setAttribute("color", factor === 0 ? "var(--nblib-quiet)" : colour(factor));
    shaft.setAttribute("stroke-dasharray", dash(factor));
    shaft.setAttribute("stroke-width", 1 + (2.2 * Math.min(Math.abs(factor), 3)) / 3);
  }
}

class Curve {
  constructor(scene, [left, top, width, height, most]) {
    const { root, show: page } = draw(scene);
    page(0);
    this.root = root;
    this.x = (share) => left + width * share;
    this.y = (cost) => top + height * (1 - cost / most);
    this.tilt = height / most / width; // of a slope of 1 over a knob with a way of 1
    this.frames = having(root, "frame");
    this.says = Object.fromEntries(having(root, "over").map(([part, what]) => [what, part]));
    [this.curve, this.tangent, this.here] = ["curve", "tangent", "here"].map(
      (kind) => having(root, kind)[0][0],
    );
  }

  show(settings, values, knob) {
    const [slope, way] = [values[knob.slope], knob.most - knob.least];
    const cost = (share) => chainPass({ ...settings, [knob.name]: knob.least + share * way }).cost;
    const shares = Array.from({ length: POINTS }, (_, i) => i / (POINTS - 1));
    this.curve.setAttribute("points", shares.map((s) => `${this.x(s)},${this.y(cost(s))}`).join(" "));
    const [x, y] = [this.x((settings[knob.name] - knob.least) / way), this.y(values.cost)];
    const rise = slope * way * this.tilt;
    const along = REACH / Math.hypot(1, rise);
    const places = { x1: x - along, y1: y + along * rise, x2: x + along, y2: y - along * rise };
    const look = { stroke: colour(slope), "stroke-dasharray": dash(slope) };
    for (const [key, value] of Object.entries({ ...places, ...look })) this.tangent.setAttribute(key, value);
    this.here.setAttribute("cx", x);
    this.here.setAttribute("cy", y);
    for (const [frame, range] of this.frames)
      frame.style.display = range === `${knob.least} ${knob.most}` ? "" : "none";
    this.write(knob, slope);
  }

  write({ label }, slope) {
    const said = `slope ∂C/∂${label} = ${signed(slope, digits(slope))}`;
    this.says.title.textContent = `cost over ${label}`;
    this.says.axis.textContent = label;
    this.says.slope.textContent = said;
    name(this.root, `The cost over ${label}, with a tangent where the knob stands: ${said}`);
  }
}

class Knobs {
  constructor(model, life) {
    this.model = model;
    this.plan = model.get("plan");
    this.over = this.knob(model.get("over"));
    this.tree = new Tree(this.plan.tree);
    this.curve = new Curve(this.plan.curve, this.plan.axes);
    this.rows = this.plan.knobs.map((knob) => this.makeRow(knob));
    this.box = name(html("div", { class: "nblib-stepper nblib-knobs", role: "group" }), this.plan.title);
    const picture = html("div", { class: "nblib-picture" }, this.tree.root, this.curve.root);
    const sliders = html("div", { class: "nblib-sliders" }, ...this.rows.map(({ row }) => row));
    const back = button("Back to the start", () => this.back());
    this.box.append(picture, sliders, html("div", { class: "nblib-controls" }, back), this.makeCaption());
    const names = [...this.plan.knobs.map((knob) => knob.name), "over"];
    life.listen(model, Object.fromEntries(names.map((which) => [`change:${which}`, () => this.soon()])));
    this.show();
  }

  knob(wanted) {
    return this.plan.knobs.find((knob) => knob.name === wanted);
  }

  makeRow(knob) {
    const range = { type: "range", min: knob.least, max: knob.most, step: knob.step };
    const slider = name(control(html("input", range)), `${knob.label}, ${knob.kind}`);
    const number = html("output", { "aria-hidden": "true" });
    slider.addEventListener("input", () => this.turn(knob, +slider.value));
    slider.addEventListener("focus", () => this.choose(knob));
    return { knob, slider, number, row: html("label", {}, html("span", {}, knob.label), slider, number) };
  }

  makeCaption() {
    const parts = ["words", "formula", "numbers"].map((part) => [
      part,
      html("p", { class: `nblib-${part}` }),
    ]);
    this.says = Object.fromEntries(parts);
    return html("div", { class: "nblib-caption" }, ...Object.values(this.says));
  }

  // -- turning --

  turn(knob, value) {
    this.asked = knob;
    this.model.set(knob.name, value);
    this.choose(knob);
  }

  // The cost is drawn over the knob that is in hand; over the target it would say nothing about learning.
  choose(knob) {
    this.asked = knob;
    if (knob.slope) this.model.set("over", knob.name);
    this.model.save_changes();
    this.show();
  }

  back() {
    for (const [which, value] of Object.entries(this.model.get("start"))) this.model.set(which, value);
    this.model.save_changes();
    this.show();
  }

  // A cell may set several numbers, one after the other: they are drawn together.
  soon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.show());
  }

  // -- what is seen --

  show() {
    cancelAnimationFrame(this.frame);
    const settings = Object.fromEntries(
      this.plan.knobs.map((knob) => [knob.name, this.model.get(knob.name)]),
    );
    const values = { ...chainPass(settings), ...settings };
    const knob = this.knob(this.model.get("over"));
    this.tree.show(values, knob);
    this.curve.show(settings, values, knob);
    for (const row of this.rows) this.showRow(row, values);
    this.explain(this.asked ?? knob, values);
  }

  showRow({ knob, slider, number }, values) {
    const value = values[knob.name];
    const slope = knob.slope ? `, slope ${signed(values[knob.slope])}` : "";
    if (+slider.value !== value) slider.value = value;
    number.textContent = num(value);
    slider.setAttribute("aria-valuetext", `${num(value)}, cost ${show(values.cost)}${slope}`);
  }

  explain(knob, values) {
    const [words, formula, numbers] = knob.slope ? this.product(knob, values) : this.target(values);
    this.says.words.textContent = words;
    this.says.formula.replaceChildren(...terms(formula));
    this.says.numbers.replaceChildren(...terms(numbers));
  }

  product({ label, slope, factors, formula }, values) {
    const size = values[slope];
    const direction = `and C ${size < 0 ? "falls" : "rises"} by ${show(Math.abs(size))} times that bit.`;
    const words = Math.abs(size) < SMALL ? "and next to nothing happens to C." : direction;
    const multiplied = (...numbers) => numbers.reduce((product, number) => product * number, 1);
    const written = (first, ...others) => [first, ...others.map(bracketed)].join("·");
    const numbers = worked(
      factors.map((factor) => this.factor(factor, values)),
      multiplied,
      written,
      size,
    );
    return [`Turn ${label} up by a tiny bit, ${words}`, formula, `∂C/∂${label} = ${numbers}`];
  }

  // A factor that is a knob's own number stands there as it was chosen.
  factor(which, values) {
    const chosen = { dz2_da1: "w2", dz1_dw1: "a0", dz1_da0: "w1" }[which];
    if (which === "dz2_db2" || which === "dz1_db1") return "1";
    return chosen ? num(values[chosen]) : values[which];
  }

  target({ a2, y, cost }) {
    const half = (a, b) => 0.5 * (a - b) ** 2;
    const numbers = worked([a2, num(y)], half, (a, b) => `½·(${a} − ${b})²`, cost);
    const words = "The target is met in the cost only. The factor a² − y stands on the way to every knob.";
    return [words, "C = ½·(a² − y)²", `C = ${numbers}`];
  }
}

function render({ model, el }) {
  const life = lifetime(el);
  const knobs = new Knobs(model, life);
  life.atEnd(() => cancelAnimationFrame(knobs.frame));
  el.append(knobs.box);
  return life.end;
}

export default { render };
