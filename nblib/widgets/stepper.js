// Shows a scene (nblib/drawing/scene.py) and turns its pages, all in the browser.
import { CALM, button, connect, control, html, lifetime, name, sign } from "./dom.js";
import { at, draw } from "./scene.js";
import { terms } from "./terms.js";

const SPEEDS = { slow: 1200, normal: 500, fast: 150, fastest: 0 };
const GRAINS = { "every step": "step", "update by update": "update" };

function choice(label, entries) {
  const options = Object.entries(entries).map(([text, value]) => html("option", { value }, text));
  return name(control(html("select", { title: label }, ...options)), label);
}

function signButton(label, drawn, press) {
  const made = name(button(sign(drawn), press), label);
  made.title = label;
  return made;
}

// The settings above a stepper are ipywidgets. Of each, Python tells the value that is drawn: where nobody
// hears of another one, it goes back to that. Returned is what brings all of them back.
function followSettings(model, life, line) {
  const settings = new Map();
  const drawn = (id) => model.get("settings")[id] ?? {}; // one may be out of use
  const changed = (id) => {
    const setting = settings.get(id);
    if (Object.entries(drawn(id)).every(([trait, value]) => setting.get(trait) === value)) return;
    setting.comm_live ? line.send({}) : line.dead();
  };
  const follow = (id) => (setting) => {
    if (life.signal.aborted) return;
    settings.set(id, setting);
    if (!setting.comm) {
      setting.set("disabled", true);
      line.dead();
    }
    life.listen(setting, { change: () => setTimeout(changed, 0, id) }); // ipywidgets sends the change first
  };
  const followAll = () => {
    const ids = Object.keys(model.get("settings")).filter((id) => !settings.has(id));
    for (const id of ids) {
      settings.set(id, null); // the stepper may be all that is left
      model.widget_manager.get_model(id).then(follow(id), () => {});
    }
  };
  followAll();
  life.listen(model, { "change:settings": followAll });
  return () => settings.forEach((setting, id) => setting?.set(drawn(id)));
}

class StepperView {
  constructor(model, life) {
    this.model = model;
    this.playing = false;
    this.line = connect(model, life, ["change:scene", "change:actions"], () => this.restoreSettings());
    this.restoreSettings = followSettings(model, life, this.line);
    this.picture = html("div", { class: "nblib-picture" });
    this.makeCaption();
    this.box = html("div", { class: "nblib-stepper", role: "group" });
    this.box.append(this.picture, this.makeControls(), this.caption);
    this.open();
    this.offer();
    this.warn();
    this.hear(life);
  }

  makeControls() {
    this.play = name(
      button([], () => this.toggle()),
      "Play",
    );
    this.slider = name(control(html("input", { type: "range", min: 0, step: 1 })), "Step");
    this.counter = html("span", { class: "nblib-counter" });
    this.speed = choice("Speed", SPEEDS);
    this.speed.value = SPEEDS.normal;
    this.grain = choice("Turn pages by", GRAINS);
    this.actions = html("span", { class: "nblib-actions" });
    this.slider.addEventListener("input", () => this.go(+this.slider.value));
    this.speed.addEventListener("change", () => this.playing && this.start());
    const before = [
      signButton("First step", "first", () => this.go(0)),
      signButton("Previous step", "previous", () => this.turn(-1)),
    ];
    const after = [
      signButton("Next step", "next", () => this.turn(1)),
      signButton("Last step", "last", () => this.go(this.last)),
    ];
    const settings = [this.slider, this.counter, this.speed, this.grain, this.actions];
    this.alert = html("div", { role: "alert" });
    const parts = [...before, this.play, ...after, ...settings, this.line.notice, this.alert];
    return html("div", { class: "nblib-controls" }, ...parts);
  }

  makeCaption() {
    const parts = ["words", "formula", "numbers"].map((part) => [
      part,
      html("p", { class: `nblib-${part}` }),
    ]);
    this.says = Object.fromEntries(parts);
    this.caption = html("div", { class: "nblib-caption" }, ...Object.values(this.says));
  }

  hear(life) {
    life.listen(this.model, {
      "change:scene": () => this.open(),
      "change:step": () => this.show(),
      "change:actions": () => this.offer(),
      "change:error": () => this.warn(),
    });
    life.atEnd(() => this.stop());
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.box.addEventListener("keyup", (event) => this.release(event));
    document.addEventListener("focusin", (event) => this.quieten(event), { signal: life.signal });
  }

  // -- pages --

  get last() {
    return this.scene.steps - 1;
  }

  get step() {
    return Math.min(this.model.get("step"), this.last);
  }

  go(wanted) {
    this.model.set("step", Math.max(0, Math.min(this.last, wanted))); // shows it
    this.model.save_changes();
  }

  turn(direction) {
    const here = this.step;
    const pages = this.grain.value === "update" && this.scene.updates;
    if (!pages) return this.go(here + direction);
    const next = direction > 0 ? pages.find((page) => page > here) : pages.findLast((page) => page < here);
    this.go(next ?? here);
  }

  toggle() {
    this.playing ? this.stop() : this.start();
  }

  start() {
    this.stop();
    if (this.step >= this.last) this.go(0);
    this.setPlaying(true);
    this.wait();
  }

  stop() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.setPlaying(false);
  }

  setPlaying(playing) {
    const label = playing ? "Pause" : "Play";
    this.playing = playing;
    this.play.title = label;
    name(this.play, label, [sign(playing ? "pause" : "next"), ` ${label}`]);
    this.caption.setAttribute("aria-live", playing ? "off" : "polite"); // nobody can hear a play
  }

  wait() {
    const delay = Math.max(CALM, this.speed.value);
    if (delay) this.timer = setTimeout(() => this.tick(), delay);
    else this.frame = requestAnimationFrame(() => this.tick());
  }

  tick() {
    this.turn(1);
    this.step >= this.last ? this.stop() : this.wait();
  }

  // -- what is seen --

  open() {
    this.stop();
    this.scene = this.model.get("scene");
    this.page = draw(this.scene);
    this.picture.replaceChildren(this.page.root);
    if (this.model.get("clickable")) this.page.root.addEventListener("click", (event) => this.click(event));
    name(this.box, this.scene.title);
    this.slider.max = this.last;
    this.grain.hidden = !this.scene.updates;
    this.show();
  }

  show() {
    const { page, scene, step } = this;
    page.show(step);
    this.slider.value = step;
    const words = `step ${step + 1} of ${scene.steps}: ${at(scene.words, step)}`;
    this.slider.setAttribute("aria-valuetext", words);
    this.counter.textContent = `${step + 1} / ${scene.steps}`;
    for (const [part, place] of Object.entries(this.says)) {
      const text = at(scene[part], step);
      if (place.textContent !== text) place.replaceChildren(...(part === "words" ? [text] : terms(text)));
    }
    this.box.dataset.step = step;
  }

  offer() {
    const held = [...this.actions.children].indexOf(document.activeElement);
    this.actions.replaceChildren(...this.model.get("actions").map((action) => this.actionButton(action)));
    this.actions.children[held]?.focus(); // the button under the finger has been made anew
  }

  // Say what went wrong; new each time, since a screen reader says it again only then.
  warn() {
    this.alert.replaceChildren(this.model.get("error"));
  }

  actionButton(action) {
    const made = this.line.needs(button(action, () => this.line.send({ action })));
    const state = /=([01])$/.exec(action);
    if (state) {
      made.setAttribute("role", "switch");
      made.setAttribute("aria-checked", String(state[1] === "1"));
    }
    return made;
  }

  // -- mouse and keys --

  click({ clientX, clientY }) {
    const place = new DOMPoint(clientX, clientY).matrixTransform(this.page.root.getScreenCTM().inverse());
    this.line.send({ click: [place.x, place.y] });
  }

  press(event) {
    const keys = {
      ArrowLeft: () => this.turn(-1),
      ArrowRight: () => this.turn(1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      " ": () => this.toggle(),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    const opens = event.key === " " && event.target.closest("select, .nblib-actions"); // space opens, presses
    if (!action || opens) return;
    event.preventDefault();
    action();
  }

  release(event) {
    const pressed = event.key === " " && event.target.tagName === "BUTTON";
    if (pressed && !event.target.closest(".nblib-actions")) event.preventDefault();
  }

  // The settings above a stepper are not ours, and their keys are no commands of the notebook either.
  quieten({ target }) {
    if (this.box.closest(".nblib-explorer")?.contains(target)) target.dataset.lmSuppressShortcuts = "true";
  }
}

function render({ model, el }) {
  const life = lifetime(el);
  el.append(new StepperView(model, life).box);
  return life.end;
}

export default { render };
