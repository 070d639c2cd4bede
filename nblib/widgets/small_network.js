// What a small network computes with the weights of a page, forwards and back. Python trains; here one looks.

// The activations of hidden layers: f, its slope from a = f(z), how the slope is written, and f(0).
export const ACTIVATIONS = {
  sigmoid: { f: sigmoid, slope: (a) => a * (1 - a), written: "{a}·(1 − {a})", middle: 0.5, sign: "σ" },
  tanh: { f: Math.tanh, slope: (a) => 1 - a * a, written: "(1 − {a}²)", middle: 0, sign: "tanh" },
  relu: {
    f: (z) => Math.max(0, z),
    slope: (a) => (a > 0 ? 1 : 0),
    written: "{slope}",
    middle: 0,
    sign: "ReLU",
  },
};
export const NODES = 41; // of the grid on which surfaces are computed, along each side
export const EDGE = 4; // it reaches from −4 to 4

function sigmoid(z) {
  return 0.5 * Math.tanh(0.5 * z) + 0.5;
}

// Layers 1 … L: where W and b lie in a page, which holds W¹ row after row, b¹, W², b², …
function layout(sizes) {
  let at = 0;
  return sizes.slice(1).map((out, i) => {
    const layer = { inputs: sizes[i], out, w: at, b: at + out * sizes[i] };
    at = layer.b + out;
    return layer;
  });
}

export class SmallNetwork {
  constructor(sizes, activation) {
    this.sizes = sizes;
    this.layers = layout(sizes);
    this.last = this.layers.length;
    this.size = this.layers.at(-1).b + 1;
    this.hidden = ACTIVATIONS[activation];
  }

  // The activation of layer l: the output layer has sigmoids.
  function(l) {
    return l === this.last ? ACTIVATIONS.sigmoid : this.hidden;
  }

  // The place of w^l_jk in a page, or of b^l_j where there is no k; neurons are counted from 0.
  place({ l, j, k }) {
    const { inputs, w, b } = this.layers[l - 1];
    return k === null ? b + j : w + j * inputs + k;
  }

  // Room for the activations a[l][j] of m points.
  room(m) {
    return this.sizes.map((n) => Array.from({ length: n }, () => new Float64Array(m)));
  }

  // Fill in a¹ … a^L for points whose coordinates stand in a[0], and return a.
  forward(page, a) {
    const m = a[0][0].length;
    this.layers.forEach(({ inputs, out, w, b }, i) => {
      const { f } = this.function(i + 1);
      for (let j = 0; j < out; j++) {
        const sums = a[i + 1][j].fill(page[b + j]);
        for (let k = 0; k < inputs; k++) {
          const weight = page[w + j * inputs + k];
          const from = a[i][k];
          for (let p = 0; p < m; p++) sums[p] += weight * from[p];
        }
        for (let p = 0; p < m; p++) sums[p] = f(sums[p]);
      }
    });
    return a;
  }

  // δ^l_j of each point by BP1 and BP2, as delta[l][j]; δ is not divided by m.
  backward(page, a, y) {
    const m = y.length;
    const delta = this.room(m);
    for (let l = this.last; l > 0; l--) {
      const { slope } = this.function(l);
      const next = this.layers[l]; // of layer l + 1
      delta[l].forEach((own, j) => {
        for (let p = 0; p < m; p++) {
          let blame = l === this.last ? a[l][j][p] - y[p] : 0;
          for (let i = 0; i < (next?.out ?? 0); i++)
            blame += page[next.w + i * next.inputs + j] * delta[l + 1][i][p];
          own[p] = blame * slope(a[l][j][p]);
        }
      });
    }
    return delta;
  }
}

// The activations of all neurons over the plane, row after row from the top, in one room that is used again.
export class Surfaces {
  constructor(network) {
    this.network = network;
    this.a = network.room(NODES * NODES);
    const step = (2 * EDGE) / (NODES - 1);
    for (let p = 0; p < NODES * NODES; p++) {
      this.a[0][0][p] = -EDGE + step * (p % NODES);
      this.a[0][1][p] = EDGE - step * Math.floor(p / NODES);
    }
  }

  draw(page) {
    return this.network.forward(page, this.a);
  }

  // On which share of the plane a neuron is above its middle.
  share(l, j) {
    const middle = l ? this.network.function(l).middle : 0;
    return this.a[l][j].reduce((sum, a) => sum + (a > middle), 0) / (NODES * NODES);
  }
}

// Points with their labels, and what a network makes of them; the first `trained` are learned from.
export class Examples {
  constructor(network, x, y, trained) {
    Object.assign(this, { network, x, y, trained, held: y.length - trained });
    this.a = this.spread(Array.from(y, (_, i) => i));
  }

  // A room in which the points of these rows stand.
  spread(rows) {
    const a = this.network.room(rows.length);
    rows.forEach((row, p) => a[0].forEach((coordinate, k) => (coordinate[p] = this.x[2 * row + k])));
    return a;
  }

  // Mean cost and number of right answers, [of the training points, of those held out].
  measure(page) {
    const outputs = this.network.forward(page, this.a).at(-1)[0];
    const pile = (from, to) => {
      let [cost, right] = [0, 0];
      for (let p = from; p < to; p++) {
        cost += (outputs[p] - this.y[p]) ** 2 / 2;
        right += outputs[p] > 0.5 === this.y[p] > 0;
      }
      return { n: to - from, cost: cost / (to - from), right };
    };
    return [pile(0, this.trained), pile(this.trained, this.y.length)];
  }

  // One pass there and back of the points of these rows.
  pass(page, rows) {
    const y = Array.from(rows, (row) => this.y[row]);
    const a = this.network.forward(page, this.spread(Array.from(rows)));
    return { a, y, delta: this.network.backward(page, a, y) };
  }
}
