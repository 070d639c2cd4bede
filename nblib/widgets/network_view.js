// A network of the playground: its weights as lines, and for each neuron what it does over the plane.
import { button, html, name } from "./dom.js";
import { SurfaceCanvas, strongest } from "./surface_canvas.js";

const SIDE = 40; // pixels of a small surface
const NEAR = 10; // pixels from a line that a click may be

// Where neuron j of n of layer l of `layers` stands, in percent.
const place = (l, layers, j, n) => [(100 * (l + 0.5)) / layers, (100 * (j + 0.5)) / n];

// "neuron 2 of hidden layer 1", "the output"
export function called({ l, j }, { last }) {
  return l === last ? "the output" : `neuron ${j + 1} of hidden layer ${l}`;
}

// How wide the line of a weight is: the wider, the larger the weight.
const width = (weight) => 0.4 + Math.min(6, 1.3 * Math.abs(weight));

export class NetworkView {
  // `choose` is called with { l, j, k } of the weight, or k === null for the bias, that was chosen.
  constructor(network, surfaces, choose) {
    Object.assign(this, { network, surfaces, choose });
    this.lines = html("canvas", { "aria-hidden": "true" }); // hundreds of elements would be slow to paint
    this.box = html("div", { class: "nblib-net", role: "group" }, this.lines);
    name(this.box, "Network: choose a neuron");
    this.box.style.setProperty("--rows", Math.max(...network.sizes));
    this.box.style.setProperty("--columns", network.sizes.length);
    this.addWires();
    this.canvases = network.sizes.map((n, l) => Array.from({ length: n }, (_, j) => this.addNeuron(l, j, n)));
    this.neurons = [...this.box.querySelectorAll("button")];
    this.box.addEventListener("click", (event) => this.click(event));
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.paintInputs();
  }

  addWires() {
    const { sizes, layers } = this.network;
    this.wires = layers.flatMap(({ inputs, out }, i) =>
      Array.from({ length: inputs * out }, (_, at) => {
        const [j, k] = [Math.floor(at / inputs), at % inputs];
        const [x1, y1] = place(i, sizes.length, k, inputs);
        const [x2, y2] = place(i + 1, sizes.length, j, out);
        return { l: i + 1, j, k, ends: [x1, y1, x2, y2], at: this.network.place({ l: i + 1, j, k }) };
      }),
    );
  }

  addNeuron(l, j, n) {
    const surface = new SurfaceCanvas(SIDE);
    const [x, y] = place(l, this.network.sizes.length, j, n);
    const made = l
      ? button(surface.canvas, () => this.choose({ l, j }))
      : html("span", { role: "img" }, surface.canvas, html("b", {}, `x${"₁₂"[j]}`));
    name(made, l ? called({ l, j }, this.network) : `input x${j + 1}`); // until `speak` says more
    made.classList.add("nblib-neuron");
    made.style.left = `${x}%`;
    made.style.top = `${y}%`;
    this.box.append(made);
    return { surface, made };
  }

  paintInputs() {
    this.canvases[0].forEach(({ surface }, j) => surface.paint(this.surfaces.a[0][j], 0, 4));
  }

  // Show the weights of a page, and what its neurons do, as `surfaces` has drawn it.
  show(page) {
    this.page = page;
    this.draw();
    this.canvases.forEach((layer, l) => {
      if (!l) return;
      const look = this.network.function(l);
      layer.forEach(({ surface }, j) => {
        const values = this.surfaces.a[l][j];
        surface.paint(values, look.middle, strongest(look, values));
      });
    });
  }

  // Say for each neuron on how much of the plane it is active: while pages fly by nobody can hear it.
  speak() {
    this.canvases.forEach((layer, l) => {
      if (!l) return;
      layer.forEach(({ made }, j) => {
        const share = Math.round(100 * this.surfaces.share(l, j));
        const label = `${called({ l, j }, this.network)}: above its middle on ${share} % of the plane`;
        name(made, label[0].toUpperCase() + label.slice(1));
      });
    });
  }

  // Mark the weight, or the bias, and the neuron that are looked at.
  mark(chosen) {
    this.chosen = chosen;
    const { made } = this.canvases[chosen.l][chosen.j];
    for (const neuron of this.neurons) {
      neuron.setAttribute("aria-pressed", neuron === made);
      neuron.tabIndex = neuron === made ? 0 : -1;
    }
    this.halo = this.wires.find(({ l, j, k }) => l === chosen.l && j === chosen.j && k === chosen.k);
    this.draw();
  }

  // Draw the weights as lines: blue where positive, orange and dashed where negative.
  draw() {
    const { canvas, context, wide, high } = this.sheet();
    if (!wide || !this.page) return;
    const colours = getComputedStyle(canvas);
    const strokes = ["positive", "negative", "mark"].map((meaning) =>
      colours.getPropertyValue(`--nblib-${meaning}`),
    );
    const line = ([x1, y1, x2, y2], colour, across, dash) => {
      Object.assign(context, { strokeStyle: strokes[colour], lineWidth: across });
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo((x1 * wide) / 100, (y1 * high) / 100);
      context.lineTo((x2 * wide) / 100, (y2 * high) / 100);
      context.stroke();
    };
    context.clearRect(0, 0, wide, high);
    context.globalAlpha = 0.35;
    if (this.halo) line(this.halo.ends, 2, 10, []);
    context.globalAlpha = 1;
    for (const { ends, at } of this.wires) {
      const weight = this.page[at];
      line(ends, weight < 0 ? 1 : 0, width(weight), weight < 0 ? [7, 4] : []);
    }
  }

  // The canvas of the lines, as large as what it covers, in pixels of the screen.
  sheet() {
    const canvas = this.lines;
    const [wide, high] = [this.box.clientWidth, this.box.clientHeight];
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(wide * ratio), Math.round(high * ratio)];
    if (canvas.width !== size[0]) canvas.width = size[0];
    if (canvas.height !== size[1]) canvas.height = size[1];
    const context = (this.context ??= canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { canvas, context, wide, high };
  }

  // A click near a line chooses its weight.
  click(event) {
    if (event.target.closest("button")) return;
    const { left, top, height } = this.box.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const wide = this.box.clientWidth;
    const away = ({ ends: [x1, y1, x2, y2] }) => {
      const [ax, ay, bx, by] = [
        (x1 * wide) / 100,
        (y1 * height) / 100,
        (x2 * wide) / 100,
        (y2 * height) / 100,
      ];
      const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
      const part = Math.max(0, Math.min(1, along));
      return Math.hypot(ax + part * (bx - ax) - x, ay + part * (by - ay) - y);
    };
    const nearest = this.wires.reduce((best, wire) => (away(wire) < away(best) ? wire : best));
    if (away(nearest) <= NEAR) this.choose({ l: nearest.l, j: nearest.j, k: nearest.k });
  }

  // The keys up and down go from neuron to neuron.
  press(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const at = this.neurons.indexOf(event.target);
    if (!step || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = this.neurons[at + step];
    next?.focus();
    next?.click();
  }
}
