// The bar that turns pages: buttons, a slider, a counter, and how fast to play; and keys that do the same.
import { CALM, button, control, html, name, sign } from "./dom.js";

// A list to choose from: what is seen of each entry, and its value.
export function choice(label, entries) {
  const options = Object.entries(entries).map(([text, value]) => html("option", { value }, text));
  return name(control(html("select", { title: label }, ...options)), label);
}

function signButton(label, drawn, press) {
  const made = name(button(sign(drawn), press), label);
  made.title = label;
  return made;
}

// `pages` has `step` and `last`, and can `go(step)`, `turn(direction)` and `play(pace)`, which tells whether
// to play on; `paces` are the milliseconds between two pages, by name, and what `play` is given.
export class PageBar {
  constructor(pages, paces, pace, ...further) {
    Object.assign(this, { pages, paces, playing: false });
    this.button = name(
      button([], () => this.toggle()),
      "Play",
    );
    this.slider = name(control(html("input", { type: "range", min: 0, step: 1 })), "Step");
    this.counter = html("span", { class: "nblib-counter" });
    this.pace = choice("Speed", Object.fromEntries(Object.keys(paces).map((text) => [text, text])));
    this.pace.value = pace;
    this.slider.addEventListener("input", () => pages.go(+this.slider.value));
    this.pace.addEventListener("change", () => this.playing && this.start());
    const parts = [
      signButton("First step", "first", () => pages.go(0)),
      signButton("Previous step", "previous", () => pages.turn(-1)),
      this.button,
      signButton("Next step", "next", () => pages.turn(1)),
      signButton("Last step", "last", () => pages.go(pages.last)),
    ];
    this.bar = html(
      "div",
      { class: "nblib-controls" },
      ...parts,
      this.slider,
      this.counter,
      this.pace,
      ...further,
    );
    this.setPlaying(false);
  }

  toggle() {
    this.playing ? this.stop() : this.start();
  }

  start() {
    this.stop();
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
    const changed = this.playing !== playing;
    this.playing = playing;
    this.button.title = label;
    name(this.button, label, [sign(playing ? "pause" : "next"), ` ${label}`]);
    if (changed) this.pages.played(playing);
  }

  wait() {
    const delay = Math.max(CALM, this.paces[this.pace.value].delay);
    if (delay) this.timer = setTimeout(() => this.tick(), delay);
    else this.frame = requestAnimationFrame(() => this.tick());
  }

  tick() {
    this.pages.play(this.paces[this.pace.value].pages) ? this.wait() : this.stop();
  }

  // Show where one is: a few words beside the slider, and a sentence for who cannot see it.
  show(counter, sentence) {
    this.slider.max = this.pages.last;
    this.slider.value = this.pages.step;
    this.slider.setAttribute("aria-valuetext", sentence);
    this.counter.textContent = counter;
  }

  // Keys, from wherever they come; space presses what is no part of the bar.
  press(event) {
    const keys = {
      ArrowLeft: () => this.pages.turn(-1),
      ArrowRight: () => this.pages.turn(1),
      Home: () => this.pages.go(0),
      End: () => this.pages.go(this.pages.last),
      " ": () => this.toggle(),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!action || (event.key === " " && !this.plays(event.target))) return;
    event.preventDefault();
    action();
  }

  release(event) {
    if (event.key === " " && event.target.tagName === "BUTTON" && this.plays(event.target))
      event.preventDefault();
  }

  plays(target) {
    return this.bar.contains(target) && target.tagName !== "SELECT";
  }
}
