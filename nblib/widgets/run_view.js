// One run of the playground: its network, the plane of the neuron that is looked at, its costs.
import { html } from "./dom.js";
import { CostCurve } from "./cost_curve.js";
import { show } from "./formula.js";
import { NetworkView, called } from "./network_view.js";
import { PlaneView } from "./plane_view.js";
import { Surfaces } from "./small_network.js";

export class RunView {
  constructor(letter, choose, edit) {
    Object.assign(this, { letter, choose });
    this.plane = new PlaneView(edit);
    this.curve = new CostCurve();
    this.plane.speak(`The plane of run ${letter}.`); // until there is more to say: see speak
    this.curve.speak(`Cost of run ${letter} over the updates.`);
    this.title = html("p", { class: "nblib-title" });
    this.status = html("p", { class: "nblib-status" });
    this.net = html("div", { class: "nblib-net-place" });
    const left = html("div", { class: "nblib-left" }, this.net, this.curve.drawing);
    const right = html("div", { class: "nblib-right" }, this.plane.sheet, this.plane.words, this.status);
    this.element = html("section", { class: "nblib-run" }, this.title, left, right);
  }

  // Show another run; `named` where there are two.
  open(run, own, named) {
    const held = this.network?.neurons.indexOf(document.activeElement) ?? -1;
    const { sizes, activation, eta, mini_batch_size: size, weight_decay: decay, seed } = run.recipe;
    this.run = run;
    this.title.hidden = !named;
    this.title.textContent =
      `${this.letter}: ${sizes.join("-")} ${activation}, η = ${eta}, mini-batch ${size}, ` +
      `λ = ${decay}, seed ${seed}`;
    this.surfaces = new Surfaces(run.network);
    this.network = new NetworkView(run.network, this.surfaces, this.choose);
    this.net.replaceChildren(this.network.box);
    if (held >= 0) this.network.neurons.at(Math.min(held, this.network.neurons.length - 1)).focus();
    const { x, y, trained } = run.examples;
    this.plane.setPoints(
      Array.from(y, (label, i) => [x[2 * i], x[2 * i + 1], label]),
      trained,
      own,
    );
  }

  // What is looked at, as far as this network has it.
  mark(chosen) {
    const { network } = this.run;
    const fits = chosen.l <= network.last && chosen.j < network.sizes[chosen.l];
    const { l, j } = fits ? chosen : { l: network.last, j: 0 };
    this.chosen = { l, j, k: chosen.k !== null && chosen.k < network.sizes[l - 1] ? chosen.k : null };
    this.network.mark(this.chosen);
  }

  // Draw page t, and at rest ring the points that it has learned from.
  show(t, rests) {
    const { run, chosen } = this;
    const here = Math.max(0, Math.min(t, run.length - 1));
    const page = run.at(here);
    this.surfaces.draw(page);
    this.network.show(page);
    this.plane.show(this.surfaces.a[chosen.l][chosen.j], run.network.function(chosen.l));
    this.curve.show(here);
    const piles = run.examples.measure(page);
    const said = ["training", "held out"].map((pile, i) => {
      const { n, cost, right } = piles[i];
      return n ? `${pile}: C = ${show(cost)}, ${right} of ${n} right` : `${pile}: none`;
    });
    this.status.textContent = said.join("\n");
    this.plane.ring(here && rests ? run.batch(here) : []);
    Object.assign(this, { here, said: said.join("; ") });
  }

  // Say what is seen: surfaces in words.
  speak() {
    const { run, chosen, letter, here, said } = this;
    this.network.speak();
    const share = Math.round(100 * this.surfaces.share(chosen.l, chosen.j));
    const what = called(chosen, run.network);
    const seen =
      chosen.l === run.network.last
        ? `${what} says class 1 on ${share} % of it`
        : `${what} is above its middle on ${share} % of it`;
    this.plane.speak(`The plane of run ${letter} after ${here} updates: ${seen}. ${said}.`);
    this.curve.speak(`Cost of run ${letter} over the updates. ${said}.`);
  }

  // Draw the curves anew: pages have come. All runs have the same axes.
  measure(last, most) {
    this.curve.draw(this.run, last, most);
  }
}
