// What all widgets share: elements, controls, signs, the line to Python, and how a view ends.
// A browser gets one text for each widget: still.py puts this one in the place of its import.

const SVG = "http://www.w3.org/2000/svg";
const SIGNS = {
  first: "M2 2h2v12H2zM14 2v12L5 8z",
  previous: "M12 2v12L3 8z",
  next: "M4 2v12l9-6z",
  last: "M12 2h2v12h-2zM2 2v12l9-6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  stop: "M3 3h10v10H3z",
  again: "M8 0l4 3.5L8 7V4.5A4 4 0 1 0 12 9h2a6 6 0 1 1-6-6.5z",
};
const SOON = 400; // ms without an answer until the page says that it waits,
const PATIENCE = 4000; // and until it wonders whether there is a kernel
const BUSY = "Waiting for the kernel …";
const LATE = "No answer yet: is the kernel busy, or not running?";
const DEAD = "The kernel does not answer: has it been shut down or restarted? Run the cell again.";
const NONE = "No kernel is behind this page: what is grey works in the notebook, opened in Jupyter.";

// Where motion is unwanted: ms at least from one picture to the next.
export const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 0;

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

// Make an element a control of ours: JupyterLab leaves its keys alone (x would delete the cell), and it
// takes the focus when it is clicked, which Safari does not give to buttons.
export function control(made) {
  made.dataset.lmSuppressShortcuts = "true";
  made.addEventListener("click", () => made.focus({ preventScroll: true }));
  return made;
}

// A button that does something when it is pressed; `face` is what is seen on it.
export function button(face, press) {
  const made = control(html("button", { type: "button" }, ...[face].flat()));
  made.addEventListener("click", press);
  return made;
}

// Give a control the name by which a screen reader knows it, and another face if one is given.
export function name(made, label, face) {
  made.setAttribute("aria-label", label);
  if (face) made.replaceChildren(...face);
  return made;
}

// A sign that looks the same in every font.
export function sign(drawn) {
  const attributes = { class: "nblib-sign", viewBox: "0 0 16 16", "aria-hidden": "true" };
  return svg("svg", attributes, svg("path", { d: SIGNS[drawn] }));
}

// What a view in `el` listens to, until it is removed. `end` is what anywidget calls then; `el` is emptied,
// because ipywidgets keeps it for ever.
export function lifetime(el) {
  const over = new AbortController();
  const atEnd = (call) => over.signal.addEventListener("abort", call);
  const listen = (target, events) => {
    for (const [event, call] of Object.entries(events)) {
      target.on(event, call);
      atEnd(() => target.off(event, call));
    }
  };
  el.classList.add("nblib-live"); // its picture below needs not be seen (still.py)
  atEnd(() => {
    el.classList.remove("nblib-live");
    el.replaceChildren();
  });
  return { atEnd, end: () => over.abort(), listen, signal: over.signal };
}

// A place for a sentence, which a screen reader says once.
function board() {
  const notice = html("div", { class: "nblib-notice", role: "status" });
  return { notice, say: (words) => notice.textContent !== words && notice.replaceChildren(words) };
}

// The model behind the one that anywidget hands out: it knows whether a kernel is at the other end.
const behind = (model) => model.widget_manager.get_model(model.get("itself"));

// Have a model hear the kernel, however long the page was busy. If this script takes longer than two seconds
// to arrive, anywidget gives the model up: it is shown, but each message is rejected, for ever. So ask it with
// an empty one; where that is rejected, take what comes past it, as a model of ipywidgets does, and ask for
// what was missed.
function hearAgain(real) {
  const deaf = () => {
    if (!real.comm_live) return;
    const { _handle_comm_msg } = Object.getPrototypeOf(real.constructor.prototype);
    real.comm.on_msg(_handle_comm_msg.bind(real));
    real.comm.send({ method: "request_state" }, {}, {}, []);
  };
  real._handle_comm_msg({ content: { data: { method: "" } } }).catch(deaf);
}

// The line to Python. Its notice says when an answer takes long, and when nobody answers; `lost` is called
// then. The kernel itself answers: it says that it is idle once a message is dealt with. While a cell awaits,
// it says so of the cell, and a message hears nothing: but `answers`, events of the model, tell as well.
// A page without a kernel says so at once, if it has controls that are of no use there: those that it `needs`.
export function connect(model, life, answers, lost = () => {}) {
  const { notice, say } = board();
  const open = new Set();
  const useless = [];
  let real = null;
  let timers = [];
  const rest = () => timers.forEach(clearTimeout);
  const isAlive = () => real === null || real.comm_live;
  const isNone = () => real !== null && !real.comm;
  const known = behind(model).then(found, () => {}); // where it is not found, all else works

  function found(model) {
    if (life.signal.aborted) return;
    real = model;
    isNone() ? useless.forEach(takeAway) : hearAgain(real);
  }
  function takeAway(control) {
    control.setAttribute("aria-disabled", "true");
    if (control.matches("input, select")) control.disabled = true;
    say(NONE);
  }
  function needs(control) {
    if (isNone()) takeAway(control);
    else if (real === null) useless.push(control);
    return control;
  }
  function wait() {
    rest();
    if (life.signal.aborted) return;
    timers = [setTimeout(say, SOON, BUSY), setTimeout(wonder, PATIENCE)];
  }
  function wonder() {
    timers = [setTimeout(wonder, PATIENCE)];
    say(LATE);
    send({}); // fails if the kernel has gone away meanwhile
  }
  // Messages are dealt with in order: when one is, those before it are.
  function heard(message) {
    if (!open.has(message)) return;
    for (const earlier of open) {
      open.delete(earlier);
      if (earlier === message) break;
    }
    say("");
    open.size ? wait() : rest();
  }
  const answered = () => heard([...open].at(-1));
  function dead() {
    rest();
    open.clear();
    say(isNone() ? NONE : DEAD);
    lost();
  }
  function send(message, buffers) {
    if (isNone()) return dead();
    const status = ({ content }) => content.execution_state === "idle" && heard(message);
    if (!open.size) wait();
    open.add(message);
    try {
      model.send(message, { iopub: { status } }, buffers);
    } catch {
      dead();
    }
  }
  life.listen(model, Object.fromEntries(answers.map((event) => [event, answered])));
  life.atEnd(rest);
  return { dead, isAlive, isNone, known, needs, notice, send };
}
