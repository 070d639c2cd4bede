// The playground (nblib/widgets/playground.py): small networks learn, and each update can be looked at.
import { button, connect, control, html, lifetime, name } from "./dom.js";
import { PageBar } from "./page_bar.js";
import { RecipeBar } from "./recipe_bar.js";
import { Book } from "./run_pages.js";
import { RunView } from "./run_view.js";
import { terms } from "./terms.js";
import { caption, parameterName } from "./update_caption.js";

// Milliseconds between two pages, and updates from one to the next.
const PACES = {
  slow: { delay: 500, pages: 1 },
  "1 update a frame": { delay: 0, pages: 1 },
  "4 updates a frame": { delay: 0, pages: 4 },
  "16 updates a frame": { delay: 0, pages: 16 },
  "64 updates a frame": { delay: 0, pages: 64 },
};
const AHEAD = 60; // pages that are asked for when one steps on
const SOON_OUT = 20; // pages left when they are
const FRAMES = 30; // of a play that are asked for in advance
const DRAIN = 6; // frames over which a play takes what is left, when pages come slower than it wants
const MOST_POINTS = 250;
const REST = 150; // ms on a page until it is told in words, and to Python
const RUN = ["A", "B"];
const HELP =
  "Click into the plane to put a point, or on a point to take it away. With the keyboard: arrow keys move " +
  "the cross (with Shift a little), 1 and 0 put a point of that class, Delete takes one away.";

class PlaygroundView {
  constructor(model, life) {
    Object.assign(this, {
      model,
      book: Book.of(model),
      wanted: {},
      changing: false,
      asked: false,
      views: [],
    });
    this.chosen = null;
    this.line = connect(model, life, ["change:book", "msg:custom"], () => this.lost());
    this.recipe = new RecipeBar(
      (ingredients) => this.change({ change: ingredients }),
      (ingredients) => this.change({ compare: ingredients }),
    );
    this.runs = html("div", { class: "nblib-runs" });
    this.parameter = name(control(html("select")), "Number that is looked at");
    this.parameter.addEventListener("change", () =>
      this.choose({ ...this.views[0].chosen, k: JSON.parse(this.parameter.value) }),
    );
    const looked = html("label", {}, "look at", this.parameter);
    this.bar = new PageBar(this, PACES, "1 update a frame", looked, this.line.notice);
    this.says = ["words", "formula", "numbers"].map((part) => html("p", { class: `nblib-${part}` }));
    this.caption = html("div", { class: "nblib-caption", "aria-live": "polite" }, ...this.says);
    const parts = [this.recipe.element, this.makeOwn(), this.runs, this.bar.bar, this.caption];
    this.box = html("div", { class: "nblib-stepper nblib-playground", role: "group" }, ...parts);
    name(this.box, "Playground");
    this.open();
    this.hear(life);
  }

  makeOwn() {
    const put = (label) => {
      for (const { plane } of this.views) plane.label = label;
      this.classes.forEach((made, i) => made.setAttribute("aria-pressed", String(i === label)));
    };
    this.classes = [0, 1].map((label) => button(`put class ${label} ${label ? "●" : "■"}`, () => put(label)));
    const edit = (points) => this.edit(points);
    const take = button("Remove last point", () => edit(this.own.slice(0, -1)));
    const clear = button("Clear points", () => edit([]));
    this.classes.forEach((made, i) => made.setAttribute("aria-pressed", String(i === 1)));
    for (const made of [...this.classes, take, clear]) this.line.needs(made);
    const buttons = html("div", { class: "nblib-controls" }, this.classes[1], this.classes[0], take, clear);
    return (this.ownBar = html("div", {}, buttons, html("p", { class: "nblib-help" }, HELP)));
  }

  hear(life) {
    life.listen(this.model, {
      "change:book": () => this.renew(),
      "change:step": () => this.show(),
      "msg:custom": ({ answered }) => answered && this.answered(),
    });
    const grown = () => this.grown();
    this.book.listeners.add(grown);
    life.atEnd(() => this.book.listeners.delete(grown));
    const redraw = () => this.views.forEach(({ network }) => network.draw());
    const observers = [new ResizeObserver(redraw), new MutationObserver(redraw)];
    observers[0].observe(this.runs); // lines on a canvas neither grow by themselves nor follow the theme
    observers[1].observe(document.body, {
      attributes: true,
      attributeFilter: ["data-jp-theme-light", "class"],
    });
    life.atEnd(() => observers.forEach((observer) => observer.disconnect()));
    life.atEnd(() => this.bar.stop());
    life.atEnd(() => clearTimeout(this.resting));
    this.box.addEventListener("keydown", (event) => this.bar.press(event));
    this.box.addEventListener("keyup", (event) => this.bar.release(event));
  }

  // -- pages --

  get step() {
    return Math.min(this.model.get("step"), this.last);
  }

  get last() {
    return this.book.last;
  }

  get over() {
    return this.book.runs.every((_, i) => this.book.over(i));
  }

  go(wanted) {
    this.model.set("step", Math.max(0, Math.min(this.last, wanted))); // shows it
  }

  turn(direction) {
    const onward = direction > 0 && this.step === this.last && !this.over;
    this.go(this.step + direction);
    if (direction < 0 || this.last - this.step > SOON_OUT) return;
    this.onward = onward && this.ask(AHEAD, true);
    if (!onward) this.ask(AHEAD);
  }

  // Turn pages in a play, fewer than asked for while they come slowly; tell whether to play on.
  play(pages) {
    const left = this.last - this.step;
    if (!left && this.over) return false;
    if (left < (pages * FRAMES) / 2 && !this.ask(pages * FRAMES, !left) && !left) return false;
    if (left) this.go(this.step + Math.max(1, Math.min(pages, Math.ceil(left / DRAIN))));
    return true;
  }

  played(playing) {
    this.caption.setAttribute("aria-live", playing ? "off" : "polite"); // nobody can hear a play
    if (playing && this.over && this.step === this.last) this.go(0);
    this.show();
  }

  // Ask Python for more pages, once; tell whether they may come. Where nobody is, say so if it is `urgent`.
  ask(more, urgent = false) {
    if (this.over) return false;
    if (!this.line.isAlive()) {
      if (urgent) this.line.dead();
      return false;
    }
    if (!this.asked) {
      this.asked = true;
      this.line.send({ more, step: this.step, number: this.book.number });
    }
    return this.asked;
  }

  async answered() {
    await this.book.taking;
    this.asked = false;
    if (!this.onward) return;
    this.onward = false;
    this.turn(1);
  }

  // Once one rests on a page it is told in words, and to Python, which need not answer.
  rest() {
    for (const view of this.views) view.speak();
    try {
      this.model.send({ step: this.step, number: this.book.number });
    } catch {
      // nobody is there, and nobody is needed
    }
  }

  // -- what is asked for --

  // Changes go to Python one at a time; what is wanted meanwhile is gathered.
  change({ change, ...order }) {
    Object.assign(this.wanted, order);
    if (change) this.wanted.change = { ...this.wanted.change, ...change };
    this.tell();
  }

  tell() {
    if (this.changing || !Object.keys(this.wanted).length) return;
    const order = this.wanted;
    [this.changing, this.wanted] = [true, {}];
    this.line.send(order);
  }

  edit(points) {
    if (points.length > MOST_POINTS)
      return this.views[0].plane.say(`The plane is full: ${MOST_POINTS} points.`);
    this.own = points;
    for (const { plane } of this.views) plane.setPoints(points, points.length, points);
    this.change({ change: { own: points } });
  }

  lost() {
    [this.changing, this.wanted, this.asked, this.onward] = [false, {}, false, false];
    this.open();
  }

  // -- what is seen --

  // Another run has come: what is seen stays until its first pages can be shown.
  async renew() {
    const { number } = this.book;
    this.model.set("step", 0);
    await this.book.taking;
    if (number !== this.book.number) return;
    [this.changing, this.asked, this.onward] = [false, false, false];
    this.open();
    this.tell();
  }

  open() {
    const { recipe, other } = this.model.get("book");
    this.recipe.show(recipe, other).forEach((made) => this.line.needs(made));
    const own = recipe.data === "own";
    if (!this.wanted.change?.own) this.own = own ? recipe.own : null;
    this.ownBar.hidden = !own;
    const choose = (chosen) => this.choose(chosen);
    const edit = (points) => this.edit(points);
    for (const { element } of this.views.splice(this.book.runs.length)) element.remove();
    while (this.views.length < this.book.runs.length) {
      const view = new RunView(RUN[this.views.length], choose, edit);
      view.plane.label = this.views[0]?.plane.label ?? 1;
      this.views.push(view);
      this.runs.append(view.element); // and what is there stays: it may have the focus
    }
    this.views.forEach((view, i) => view.open(this.book.runs[i], this.own, this.views.length > 1));
    this.box.dataset.number = this.book.number;
    this.choose(this.chosen ?? { l: this.book.runs[0].network.last, j: 0 });
  }

  // Look at a neuron, and at one of its numbers: the first weight, unless another is asked for.
  choose(chosen) {
    this.chosen = { k: 0, ...chosen };
    for (const view of this.views) view.mark(this.chosen);
    const [{ chosen: here, run }] = this.views;
    const numbers = Array.from({ length: run.network.sizes[here.l - 1] }, (_, k) => ({ ...here, k }));
    const options = [...numbers, { ...here, k: null }].map((one) =>
      html("option", { value: JSON.stringify(one.k) }, parameterName(one)),
    );
    this.parameter.replaceChildren(...options);
    this.parameter.value = JSON.stringify(here.k);
    this.grown();
  }

  // Pages have come.
  grown() {
    if (!this.book.runs.every((run) => run.length)) return;
    const costs = this.book.runs.flatMap((run) => run.costs.flat()).filter(Number.isFinite);
    const most = Math.max(0.01, ...costs);
    for (const view of this.views) view.measure(this.last, most);
    this.show();
  }

  show() {
    if (!this.book.runs.every((run) => run.length)) return;
    const { step, last } = this;
    const rests = !this.bar.playing;
    for (const view of this.views) view.show(step, rests);
    clearTimeout(this.resting);
    if (rests) this.resting = setTimeout(() => this.rest(), REST);
    const said = this.views.map(({ run, chosen }, i) =>
      caption(run, step, chosen, this.model.get("ends")[i]),
    );
    const led = (lines, i) => lines.map((line) => (said.length > 1 ? `${RUN[i]}: ${line}` : line));
    const all = (part) => said.flatMap((one, i) => led(one[part], i));
    const alike = new Set(said.map(({ formula }) => formula.join())).size === 1;
    const lines = [all("words"), alike ? said[0].formula : all("formula"), all("numbers")];
    lines.forEach((each, i) => {
      const text = each.join("\n");
      if (this.says[i].textContent !== text) this.says[i].replaceChildren(...(i ? terms(text) : [text]));
    });
    this.bar.show(`${step} / ${last}`, `${step} of ${last} updates: ${lines[0].join(" ")}`);
    this.box.dataset.step = step;
  }
}

// A chunk of pages that has come is kept whether or not a view shows it.
function initialize({ model }) {
  const hear = ({ chunk }, buffers) =>
    chunk && model.set("chunks", [...model.get("chunks"), { ...chunk, data: buffers[0] }]);
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

function render({ model, el }) {
  const life = lifetime(el);
  el.append(new PlaygroundView(model, life).box);
  return life.end;
}

export default { initialize, render };
