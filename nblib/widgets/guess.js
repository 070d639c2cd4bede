// A guess before a run (nblib/widgets/guess.py): one of a few answers, or a number.
import { connect, control, html, lifetime } from "./dom.js";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const THOUSANDS = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const NO_NUMBER = "That is no number. Write it like 12, −0.5 or 1/4.";
const DEAF = "No kernel hears it: hold it against the result below yourself.";
const NEXT = "Now run the next cell.";

// What a text means as a number, NaN if it is none: with a true minus sign, as a fraction, or with thousands.
function read(text) {
  const written = text.replace(/\s/g, "").replace(/[−–]/g, "-");
  const parts = written.split("/").map((part) => {
    const plain = THOUSANDS.test(part) ? part.replaceAll(",", "") : part;
    return NUMBER.test(plain) ? Number(plain) : NaN;
  });
  const value = parts.length > 2 ? NaN : parts[0] / (parts[1] ?? 1);
  return Number.isFinite(value) ? value : NaN;
}

class GuessView {
  constructor(model, life) {
    this.model = model;
    this.question = model.get("question");
    this.line = connect(model, life, []);
    this.says = html("p", { role: "status" });
    this.box = model.get("answers").length ? this.choices() : this.entry();
    this.box.append(this.says, this.line.notice);
    life.listen(model, { "change:value": () => this.show() });
    this.show();
    this.line.known.then(() => this.show());
  }

  choices() {
    const group = `nblib-${Math.random().toString(36).slice(2)}`;
    this.inputs = this.model.get("answers").map((value) => {
      const made = control(html("input", { type: "radio", name: group, value }));
      made.addEventListener("change", () => this.guess(value));
      return made;
    });
    const labels = this.inputs.map((made) => html("label", {}, made, made.value));
    return html("fieldset", { class: "nblib-guess" }, html("legend", {}, this.question), ...labels);
  }

  entry() {
    const attributes = { type: "text", inputmode: "decimal", autocomplete: "off", size: 9 };
    this.field = control(html("input", attributes));
    this.field.addEventListener("input", () => this.type(this.field.value));
    const label = html("label", {}, html("b", {}, this.question), this.field, this.model.get("unit"));
    return html("div", { class: "nblib-guess" }, label);
  }

  type(text) {
    const unit = this.model.get("unit");
    const number = read(unit ? text.replace(unit, "") : text);
    this.guess(Number.isNaN(number) ? null : number);
    const wrong = text.trim() !== "" && Number.isNaN(number);
    this.field.setAttribute("aria-invalid", String(wrong));
    if (wrong) this.says.textContent = NO_NUMBER;
  }

  guess(value) {
    this.model.set("value", value);
    this.model.save_changes();
    if (this.line.isAlive()) this.line.send({}); // says so if the kernel has gone away
    this.show();
  }

  show() {
    const value = this.model.get("value");
    for (const made of this.inputs ?? []) made.checked = made.value === value;
    const shown = value === null ? "" : String(value).replace("-", "−");
    if (this.field && this.field !== document.activeElement) this.field.value = shown;
    const after = this.line.isAlive() ? NEXT : DEAF;
    const unit = this.field && this.model.get("unit") ? ` ${this.model.get("unit")}` : "";
    const says = value === null ? "" : `Your guess: ${this.field ? shown + unit : value}. ${after}`;
    this.says.textContent =
      says || (this.field ? "Type a number" : "Choose one") + ", then run the next cell.";
  }
}

function render({ model, el }) {
  const life = lifetime(el);
  el.append(new GuessView(model, life).box);
  return life.end;
}

export default { render };
