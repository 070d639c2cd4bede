// Shows a scene (nblib/drawing/scene.py) and turns its pages, all in the browser.
const SVG = "http://www.w3.org/2000/svg";
const PAINT = new Set(["fill", "stroke", "stop-color", "color"]);
const MEANINGS = new Set(["ink", "quiet", "grid", "paper", "positive", "negative", "soft", "mark"]);
const SPEEDS = [["slow", 1200], ["normal", 500], ["fast", 150], ["fastest", 0]];

const at = (packed, step) =>
  Array.isArray(packed) ? packed[step] : packed?.index ? packed.values[packed.index[step]] : packed;

const paint = (name, value) => (PAINT.has(name) && MEANINGS.has(value) ? `var(--nblib-${value})` : value);

function html(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

// Build the drawing once; return it with a function that shows the page of a step.
function draw(scene, prefix) {
  const varying = [];
  const build = (part) => {
    const made = document.createElementNS(SVG, part.tag);
    const put = (name, value) => {
      if (name === "id") value = prefix + value;
      if (String(value).startsWith("url(#")) value = value.replace("#", "#" + prefix);
      made.setAttribute(name, paint(name, value));
    };
    for (const [name, value] of Object.entries(part.set)) put(name, value);
    if (part.text !== undefined) varying.push([made, null, part.text, undefined]);
    for (const [name, values] of Object.entries(part.vary)) varying.push([made, name, values, undefined]);
    made.append(...(part.children ?? []).map(build));
    return made;
  };
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("viewBox", `0 0 ${scene.width} ${scene.height}`);
  root.setAttribute("role", "img");
  root.style.maxWidth = `${scene.width}px`;
  root.append(...scene.elements.map(build));
  const parts = new Set(varying.map(([made]) => made));
  const show = (step) => {
    const hidden = new Set();
    for (const entry of varying) {
      const [made, name, values, shown] = entry;
      const value = at(values, step);
      if (value === null) hidden.add(made);
      else if (value !== shown) {
        if (name === null) made.textContent = value;
        else made.setAttribute(name, paint(name, value));
        entry[3] = value;
      }
    }
    for (const made of parts) made.style.display = hidden.has(made) ? "none" : "";
    root.setAttribute("aria-label", `${scene.title}, step ${step + 1} of ${scene.steps}: ${at(scene.words, step)}`);
  };
  return { root, show };
}

function render({ model, el }) {
  let page, scene, timer = null, frame = null;
  const box = html("div", { className: "nblib-stepper", role: "group" });
  const picture = html("div", { className: "nblib-picture" });
  const control = (tag, attributes, ...children) => {
    const made = html(tag, attributes, ...children);
    made.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the keys: x deletes the cell
    return made;
  };
  const button = (name, sign, action) => {
    const made = control("button", { type: "button", title: name, onclick: action }, sign);
    made.setAttribute("aria-label", name);
    return made;
  };
  const first = button("First step", "|◀", () => go(0));
  const previous = button("Previous step", "◀", () => turn(-1));
  const play = button("Play", "▶ Play", () => (timer === null ? start() : stop()));
  const next = button("Next step", "▶", () => turn(1));
  const last = button("Last step", "▶|", () => go(scene.steps - 1));
  const slider = control("input", { type: "range", min: 0, step: 1, oninput: () => go(+slider.value) });
  slider.setAttribute("aria-label", "Step");
  const counter = html("span", { className: "nblib-counter" });
  const choice = (name, entries) => {
    const made = control("select", { title: name }, ...entries.map(([label, value]) => html("option", { value }, label)));
    made.setAttribute("aria-label", name);
    return made;
  };
  const speed = choice("Speed", SPEEDS);
  speed.value = "500";
  speed.onchange = () => timer !== null && start();
  const grain = choice("Turn pages by", [["every step", "step"], ["update by update", "update"]]);
  const actions = html("span", { className: "nblib-actions" });
  const caption = html("div", { className: "nblib-caption" });
  caption.setAttribute("aria-live", "polite");
  const [words, formula, numbers] = ["words", "formula", "numbers"].map((name) => html("p", { className: `nblib-${name}` }));
  caption.append(words, formula, numbers);
  box.append(picture, html("div", { className: "nblib-controls" }, first, previous, play, next, last, slider, counter, speed, grain, actions), caption);

  const step = () => Math.min(model.get("step"), scene.steps - 1);
  function go(wanted) {
    model.set("step", Math.max(0, Math.min(scene.steps - 1, wanted))); // shows it
    model.save_changes();
  }
  function turn(direction) {
    const here = step(), pages = grain.value === "update" && scene.updates;
    if (!pages) go(here + direction);
    else go(direction > 0 ? pages.find((page) => page > here) ?? here : pages.findLast((page) => page < here) ?? here);
  }
  function stop() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    timer = frame = null;
    play.textContent = "▶ Play";
    play.setAttribute("aria-label", (play.title = "Play"));
    caption.setAttribute("aria-live", "polite");
  }
  function start() {
    stop();
    if (step() >= scene.steps - 1) go(0);
    play.textContent = "⏸ Pause";
    play.setAttribute("aria-label", (play.title = "Pause"));
    caption.setAttribute("aria-live", "off"); // a screen reader cannot follow a play
    const tick = () => {
      turn(1);
      if (step() >= scene.steps - 1) stop();
      else wait();
    };
    const wait = () => {
      const delay = +speed.value;
      if (delay) timer = setTimeout(tick, delay);
      else { timer = 0; frame = requestAnimationFrame(tick); }
    };
    wait();
  }
  function show() {
    const here = step();
    page.show(here);
    slider.value = here;
    slider.setAttribute("aria-valuetext", `step ${here + 1} of ${scene.steps}: ${at(scene.words, here)}`);
    counter.textContent = `${here + 1} / ${scene.steps}`;
    for (const [place, text] of [[words, scene.words], [formula, scene.formula], [numbers, scene.numbers]])
      if (place.textContent !== at(text, here)) place.textContent = at(text, here);
    box.dataset.step = here;
  }
  function open() {
    stop();
    scene = model.get("scene");
    page = draw(scene, `${model.model_id ?? "nblib"}-${Math.random().toString(36).slice(2, 8)}-`);
    picture.replaceChildren(page.root);
    if (model.get("clickable"))
      page.root.addEventListener("click", (event) => {
        const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(page.root.getScreenCTM().inverse());
        model.send({ click: [place.x, place.y] });
      });
    box.setAttribute("aria-label", scene.title);
    slider.max = scene.steps - 1;
    grain.hidden = !scene.updates;
    show();
  }
  function offer() {
    const held = actions.contains(document.activeElement) ? [...actions.children].indexOf(document.activeElement) : -1;
    actions.replaceChildren(...model.get("actions").map((name) => {
      const made = control("button", { type: "button", onclick: () => model.send({ action: name }) }, name);
      const state = /=([01])$/.exec(name);
      if (state) {
        made.setAttribute("role", "switch");
        made.setAttribute("aria-checked", String(state[1] === "1"));
      }
      return made;
    }));
    actions.children[held]?.focus(); // the button under the finger has been made anew
  }
  const KEYS = {
    ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), Home: () => go(0), End: () => go(scene.steps - 1),
    " ": () => (timer === null ? start() : stop()),
  };
  box.addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : KEYS[event.key];
    if (!action || (event.key === " " && event.target.closest("select, .nblib-actions"))) return; // space opens, presses
    event.preventDefault();
    action();
  });
  box.addEventListener("keyup", (event) => event.key === " " && event.target.tagName === "BUTTON" && !event.target.closest(".nblib-actions") && event.preventDefault());

  const quieten = ({ target }) => { // the settings above a stepper are not ours, and their keys are no commands either
    if (box.closest(".nblib-explorer")?.contains(target)) target.dataset.lmSuppressShortcuts = "true";
  };

  open();
  offer();
  el.append(box);
  document.addEventListener("focusin", quieten);
  const changes = Object.entries({ scene: open, step: show, actions: offer });
  for (const [name, action] of changes) model.on(`change:${name}`, action);
  return () => {
    stop();
    document.removeEventListener("focusin", quieten);
    for (const [name, action] of changes) model.off(`change:${name}`, action);
  };
}

export default { render };
