// The settings of the playground: native lists, so that every key and every reader knows them.
import { button, control, html, name } from "./dom.js";

const DATA = [
  ["two clouds", "clouds"],
  ["circle", "circle"],
  ["two moons", "moons"],
  ["four clusters", "clusters"],
  ["XOR", "xor"],
  ["spiral", "spiral"],
  ["your own points", "own"],
];
const plainly = (values) => values.map((value) => [String(value), value]);
const percent = (values) => values.map((value) => [value ? `${100 * value} %` : "none", value]);
const ALL = 250; // points are never more
const MOST_LAYERS = 4;
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8];

// Each ingredient: its name for the eye and for a reader, and what is offered.
const INGREDIENTS = {
  data: ["data", "data", DATA],
  noise: ["noise", "noise", plainly([0, 0.1, 0.2, 0.3, 0.5, 0.8])],
  held_out: ["held out", "share held out", percent([0, 0.1, 0.2, 0.3, 0.5, 0.7])],
  activation: [
    "f",
    "activation f of the hidden layers",
    [
      ["sigmoid", "sigmoid"],
      ["tanh", "tanh"],
      ["ReLU", "relu"],
    ],
  ],
  eta: ["η", "learning rate η", plainly([0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100])],
  mini_batch_size: ["mini-batch", "mini-batch size", [...plainly([1, 2, 5, 10, 20, 50]), ["all", ALL]]],
  weight_decay: ["λ", "weight decay λ", plainly([0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1])],
  seed: ["seed", "seed of the first weights", plainly([0, 1, 2, 3, 4, 5, 6, 7])],
};
const COMPARED = [
  ["one run", ""],
  ["another η", "eta"],
  ["another mini-batch", "mini_batch_size"],
  ["another λ", "weight_decay"],
  ["another f", "activation"],
  ["other layers", "hidden"],
  ["another seed", "seed"],
];
// What a second run begins with when it is asked for.
const OTHER = {
  eta: (eta) => (eta < 1 ? 3 : 0.1),
  mini_batch_size: (size) => (size > 1 ? 1 : 20),
  weight_decay: (decay) => (decay ? 0 : 0.01),
  activation: (f) => (f === "sigmoid" ? "tanh" : "sigmoid"),
  hidden: (sizes) => (sizes.length ? [] : [4]),
  seed: (seed) => seed + 1,
};

// One list; a value that is not offered is added.
class Field {
  constructor([seen, label, offered], chosen) {
    this.offered = offered;
    this.select = name(control(html("select", { title: label })), label);
    this.select.addEventListener("change", () => chosen(JSON.parse(this.select.value)));
    this.element = html("label", {}, seen, this.select);
  }

  show(value) {
    const written = JSON.stringify(value);
    const known = this.offered.some(([, other]) => JSON.stringify(other) === written);
    const entries = known ? this.offered : [...this.offered, [String(value), value]];
    const options = entries.map(([text, other]) => html("option", { value: JSON.stringify(other) }, text));
    this.select.replaceChildren(...options);
    this.select.value = written;
  }
}

// The hidden layers: how many, and the neurons of each.
class Layers {
  constructor(whose, chosen) {
    const counts = Array.from({ length: MOST_LAYERS + 1 }, (_, n) => n);
    const count = (n) => chosen(counts.slice(0, n).map((i) => this.sizes[i] ?? this.sizes.at(-1) ?? 4));
    this.count = new Field(
      [`hidden layers${whose}`, `number of hidden layers${whose}`, plainly(counts)],
      count,
    );
    this.fields = counts.slice(1).map((l) => {
      const label = `neurons of hidden layer ${l}${whose}`;
      const resize = (n) => chosen(this.sizes.map((size, i) => (i === l - 1 ? n : size)));
      const field = new Field(["", label, plainly(SIZES)], resize);
      return field;
    });
    this.element = html(
      "span",
      { class: "nblib-layers" },
      this.count.element,
      ...this.fields.map((f) => f.element),
    );
  }

  show(sizes) {
    this.sizes = sizes;
    this.count.show(sizes.length);
    this.fields.forEach((field, i) => {
      field.element.hidden = i >= sizes.length;
      if (i < sizes.length) field.show(sizes[i]);
    });
  }
}

function makeField(ingredient, whose, chosen) {
  const change = (value) => chosen({ [ingredient]: value });
  if (ingredient === "hidden") return new Layers(whose, change);
  const [seen, label, offered] = INGREDIENTS[ingredient];
  return new Field([seen + whose, label + whose, offered], change);
}

export class RecipeBar {
  // `change` and `compare` are called with ingredients: of the run, and of the one beside it.
  constructor(change, compare) {
    this.compare = compare;
    const names = [
      "data",
      "noise",
      "held_out",
      "hidden",
      "activation",
      "eta",
      "mini_batch_size",
      "weight_decay",
    ];
    this.fields = Object.fromEntries(names.map((one) => [one, makeField(one, "", change)]));
    this.seeds = [
      button("New points", () => change({ data_seed: this.recipe.data_seed + 1 })),
      button("Reset with new seed", () => change({ seed: this.recipe.seed + 1 })),
    ];
    const choose = (ingredient) =>
      compare(ingredient ? { [ingredient]: OTHER[ingredient](this.recipe[ingredient]) } : null);
    this.second = new Field(["side by side", "side by side", COMPARED], choose);
    this.beside = html("span", { class: "nblib-layers" });
    const row = (...parts) => html("div", { class: "nblib-controls" }, ...parts);
    const of = (...which) => which.map((one) => this.fields[one].element);
    this.element = html(
      "div",
      { class: "nblib-recipe" },
      row(...of("data", "noise", "held_out"), this.seeds[0]),
      row(...of("hidden", "activation"), this.seeds[1]),
      row(...of("eta", "mini_batch_size", "weight_decay"), this.second.element, this.beside),
    );
  }

  // Show a recipe; return the controls that are new.
  show(recipe, other) {
    const known = new Set(this.controls);
    this.recipe = recipe;
    for (const [ingredient, field] of Object.entries(this.fields)) field.show(recipe[ingredient]);
    this.seeds[0].hidden = this.fields.noise.element.hidden = recipe.data === "own";
    const [ingredient, value] = Object.entries(other ?? { "": null })[0];
    this.second.show(ingredient);
    if (ingredient !== this.ingredient) {
      this.ingredient = ingredient;
      this.field = ingredient ? makeField(ingredient, " of B", this.compare) : null;
      this.beside.replaceChildren(...(this.field ? [this.field.element] : []));
    }
    this.field?.show(value);
    this.controls = [...this.element.querySelectorAll("select, button")];
    return this.controls.filter((made) => !known.has(made));
  }
}
