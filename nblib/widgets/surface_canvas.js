// Paints what a neuron does over the plane: blue above its middle, orange and striped below, a line between.
import { html } from "./dom.js";
import { NODES } from "./small_network.js";

const POSITIVE = 0x00b27200; // #0072B2 and #D55E00 as a canvas has them: blue, green, red; opacity is added
const NEGATIVE = 0x00005ed5;
const LINE = 0xff707070;
const STRONGEST = 225; // of 255, so that points are seen on top
const FAINT = 0.35; // of a stripe's other half
const STRIPE = 2; // pixels

export class SurfaceCanvas {
  constructor(side) {
    this.side = side;
    this.canvas = html("canvas", { width: side, height: side });
    this.context = this.canvas.getContext("2d");
    this.image = new ImageData(side, side);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.row = new Float64Array(side);
    this.upper = new Uint8Array(side); // whether the pixels of the row above are above the middle
    // Between which nodes each pixel lies, and how far from the first of them.
    const places = Array.from({ length: side }, (_, i) => ((NODES - 1) * (i + 0.5)) / side);
    this.node = Uint8Array.from(places, Math.floor);
    this.part = Float64Array.from(places, (place) => place % 1);
  }

  // Paint the activations of a grid of nodes; `most` is where colours are the strongest.
  paint(values, middle, most) {
    for (let y = 0; y < this.side; y++) this.paintRow(values, middle, STRONGEST / most, y);
    this.context.putImageData(this.image, 0, 0);
  }

  paintRow(values, middle, strength, y) {
    const { side, node, part, pixels, upper } = this;
    const striped = y % (2 * STRIPE) < STRIPE ? 1 : FAINT;
    const start = NODES * node[y];
    let left = -1;
    for (let x = 0; x < side; x++) {
      const at = start + node[x];
      const top = values[at] + part[x] * (values[at + 1] - values[at]);
      const low = values[at + NODES] + part[x] * (values[at + NODES + 1] - values[at + NODES]);
      const value = top + part[y] * (low - top) - middle;
      const positive = value > 0 ? 1 : 0;
      const opacity = Math.min(STRONGEST, Math.abs(value) * strength * (positive ? 1 : striped));
      const border = (left >= 0 && left !== positive) || (y > 0 && upper[x] !== positive);
      pixels[y * side + x] = border ? LINE : (opacity << 24) | (positive ? POSITIVE : NEGATIVE);
      left = upper[x] = positive;
    }
  }
}

// Where the colours of a neuron are the strongest: at its largest activation, for one that has no limits.
export function strongest({ middle, sign }, values) {
  if (sign !== "ReLU") return 1 - middle;
  return values.reduce((most, value) => Math.max(most, value), 1);
}
