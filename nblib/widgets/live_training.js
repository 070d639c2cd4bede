// Shows a training while it runs (nblib/widgets/training.py), and hears the buttons that steer it.
const SVG = "http://www.w3.org/2000/svg";
const MAIN = { ready: ["▶", "Start", "start"], running: ["⏸", "Pause", "pause"], paused: ["▶", "Resume", "start"] };
const AGAIN = ["↺", "Start again", "start"];
const BLUE = [0, 114, 178], ORANGE = [213, 94, 0], EDGE = 221, PAPER = 255;
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 0; // ms between two drawings, at least

function html(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  if (["button", "input", "select"].includes(tag)) made.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the keys
  return made;
}

function svg(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

// Round numbers from `least` to `most`, three to six of them.
function ticks(least, most) {
  const power = 10 ** Math.floor(Math.log10((most - least) / 3));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((wide) => (most - least) / wide <= 5.5);
  return Array.from({ length: Math.floor((most - least) / step + 1e-9) + 1 }, (_, i) => +(least + i * step).toPrecision(6));
}

// An axis gives each amount its place, 0 to 1, and has round numbers to write at it.
const linear = (least, most) => ({ place: (amount) => (amount - least) / (most - least), marks: ticks(least, most) });
function logarithmic(amounts) {
  const known = amounts.filter((amount) => amount > 0);
  const [low, high] = known.length ? [0.8 * Math.min(...known), 1.2 * Math.max(...known)] : [0.1, 1];
  const decades = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20)), some = high / low > 300 ? [1] : [1, 2, 5];
  const marks = decades.flatMap((one) => some.map((digit) => +(digit * one).toPrecision(1)));
  const place = (amount) => Math.log(amount / low) / Math.log(high / low);
  return { place, marks: marks.filter((mark) => low <= mark && mark <= high) };
}

// One curve with its axes. A point is [epoch, cost, accuracy, η, mini-batch size].
function chart(points, value, { left, title, epochs, axis, wordy }) {
  const [top, width, height] = [30, 220, 150];
  const x = (epoch) => left + (width * epoch) / epochs, y = (amount) => top + height * (1 - axis.place(amount));
  const small = { "font-size": 11, fill: "var(--nblib-quiet)" };
  const parts = [
    svg("text", { x: left - 30, y: 18, "font-size": 12, fill: "var(--nblib-ink)", "font-weight": "bold" }, title),
    svg("rect", { x: left, y: top, width, height, fill: "none", stroke: "var(--nblib-grid)" }),
    svg("text", { x: left + width / 2, y: top + height + 32, "text-anchor": "middle", ...small }, "epoch"),
  ];
  for (const at of ticks(0, epochs)) parts.push(svg("text", { x: x(at), y: top + height + 16, "text-anchor": "middle", ...small }, at));
  for (const at of axis.marks)
    parts.push(
      svg("line", { x1: left, x2: left + width, y1: y(at), y2: y(at), stroke: "var(--nblib-grid)" }),
      svg("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end", ...small }, at),
    );
  let written = 0;
  points.forEach((point, i) => {
    const before = points[i - 1] ?? point;
    const said = [["η", 3], ["m", 4]].filter(([, k]) => point[k] !== before[k]).map(([name, k]) => `${name} = ${point[k]}`);
    if (!said.length) return;
    const at = x(before[0]), far = at > left + width - 60;
    parts.push(svg("line", { x1: at, x2: at, y1: top, y2: top + height, stroke: "var(--nblib-mark)", "stroke-dasharray": "4 3" }));
    const under = top + 13 + 14 * (written++ % 5), words = { x: at + (far ? -4 : 4), y: under, "text-anchor": far ? "end" : "start" };
    if (wordy) parts.push(svg("text", { ...words, ...small, fill: "var(--nblib-mark)" }, said.join(", ")));
  });
  const known = points.filter((point) => value(point) !== null && axis.place(value(point)) >= 0);
  const places = known.map((point) => `${x(point[0]).toFixed(1)},${y(value(point)).toFixed(1)}`);
  parts.push(svg("polyline", { points: places.join(" "), fill: "none", stroke: "var(--nblib-positive)", "stroke-width": 1.8 }));
  if (places.length) {
    const [cx, cy] = places.at(-1).split(",");
    parts.push(svg("circle", { cx, cy, r: 4, fill: "none", stroke: "var(--nblib-ink)", "stroke-width": 2 }));
  }
  return parts;
}

// The weights as pictures: a cell is 2 × 2 pixels; of a negative one only the upper two have colour.
function paint(canvas, weights, { n, side, columns, levels }) {
  const tile = 2 * side + 2, rows = Math.ceil(n / columns);
  if (canvas.width !== columns * tile) Object.assign(canvas, { width: columns * tile, height: rows * tile });
  const image = new ImageData(canvas.width, canvas.height);
  image.data.fill(EDGE);
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  weights.forEach((level, i) => {
    const unit = Math.floor(i / side ** 2), row = Math.floor((i % side ** 2) / side), column = i % side;
    const left = (unit % columns) * tile + 1 + 2 * column, top = Math.floor(unit / columns) * tile + 1 + 2 * row;
    const colour = (level > 0 ? BLUE : ORANGE).map((part) => PAPER + (Math.abs(level) / levels) * (part - PAPER));
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]])
      image.data.set(dy && level < 0 ? [PAPER, PAPER, PAPER] : colour, 4 * ((top + dy) * canvas.width + left + dx));
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function initialize({ model }) {
  const hear = (message) => message.point && model.set("points", [...model.get("points"), message.point]);
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

// A control of a setting: what the person chose last stands, until the kernel has heard all of it.
function setting(model, tell, name, control, show) {
  const sent = [];
  const hear = () => {
    sent.splice(0, sent.indexOf(model.get(name)) + 1);
    if (!sent.length) show(model.get(name));
  };
  control.addEventListener("change", () => {
    const chosen = control.chosen();
    if (chosen === (sent.at(-1) ?? model.get(name))) return;
    sent.push(chosen);
    tell({ [name]: chosen });
  });
  return hear;
}

function render({ model, el }) {
  const box = html("div", { className: "nblib-stepper nblib-training", role: "group" });
  const curves = svg("svg", { viewBox: "0 0 560 220", role: "img" });
  const canvas = html("canvas"), tiles = model.get("tiles");
  const figure = html("figure", {}, canvas, html("figcaption", {}, "hidden weights: + blue, solid; − orange, striped"));
  figure.hidden = !tiles.n;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Weights of ${tiles.n} hidden neurons, each as a picture`);
  const main = html("button", { type: "button", className: "nblib-main", onclick: () => act((MAIN[model.get("status")] ?? AGAIN)[2]) });
  const stop = html("button", { type: "button", onclick: () => act("stop") }, "■ Stop");
  stop.setAttribute("aria-label", "Stop");
  const eta = html("input", { type: "range", min: 0, step: 1 }), size = html("select"), written = html("output");
  const counter = html("span", { className: "nblib-counter" });
  const words = html("p", { className: "nblib-words" }), alert = html("p");
  alert.setAttribute("role", "alert");
  const caption = html("div", { className: "nblib-caption" }, words);
  caption.setAttribute("aria-live", "polite");
  const controls = html("div", { className: "nblib-controls" }, main, stop, html("label", {}, "η", eta, written), html("label", {}, "mini-batch", size), counter);
  box.append(html("div", { className: "nblib-picture" }, curves, figure), controls, caption, alert);
  eta.setAttribute("aria-label", "Learning rate η");
  size.setAttribute("aria-label", "Mini-batch size");

  const unheard = () => (alert.textContent = "The kernel does not answer: has it been shut down or restarted?");
  const tell = (message) => { try { model.send(message); } catch { unheard(); } };
  const act = (action) => tell({ action });
  const writeEta = () => {
    written.textContent = eta.chosen();
    eta.setAttribute("aria-valuetext", `η = ${eta.chosen()}`);
  };
  [eta.chosen, size.chosen] = [() => model.get("rates")[+eta.value], () => +size.value];
  eta.addEventListener("input", writeEta);
  const showEta = setting(model, tell, "eta", eta, (value) => {
    eta.max = model.get("rates").length - 1;
    eta.value = model.get("rates").indexOf(value);
    writeEta();
  });
  const showSize = setting(model, tell, "mini_batch_size", size, (value) => {
    size.replaceChildren(...model.get("sizes").map((entry) => html("option", { value: entry }, entry)));
    size.value = value;
  });
  let due = null, drawn = -Infinity;
  const soon = () => (due ??= setTimeout(() => requestAnimationFrame(draw), Math.max(0, drawn + CALM - performance.now())));
  function draw() {
    [due, drawn] = [null, performance.now()];
    const points = model.get("points"), epochs = model.get("epochs"), weights = model.get("weights");
    const [epoch, cost, accuracy] = points.at(-1);
    const later = points.filter((point) => point[0] >= 1), zoom = later.length && later.every((point) => point[2] > 0.8);
    const costs = logarithmic(points.map((point) => point[1])), shares = linear(zoom ? 80 : 0, 100);
    const [cost_title, accuracy_title] = model.get("headings");
    curves.replaceChildren(
      ...chart(points, (point) => point[1], { left: 50, title: cost_title, epochs, axis: costs, wordy: true }),
      ...chart(points, (point) => 100 * point[2], { left: 330, title: accuracy_title, epochs, axis: shares }),
    );
    counter.textContent = `epoch ${epoch.toFixed(1)} of ${epochs.toLocaleString("en")} · cost ${cost?.toFixed(4) ?? "–"} · accuracy ${(100 * accuracy).toFixed(1)} %`;
    if (tiles.n) paint(canvas, new Int8Array(weights.buffer, weights.byteOffset, weights.byteLength), tiles);
    box.dataset.points = points.length;
  }
  function show() {
    const [sign, name] = MAIN[model.get("status")] ?? AGAIN;
    main.textContent = `${sign} ${name}`;
    main.setAttribute("aria-label", name);
    stop.setAttribute("aria-disabled", !["running", "paused"].includes(model.get("status"))); // it keeps the focus
    box.setAttribute("aria-label", model.get("title"));
    box.dataset.status = model.get("status");
    for (const [place, text] of [[words, model.get("words")], [alert, model.get("error")]])
      if (place.textContent !== text) place.textContent = text;
    curves.setAttribute("aria-label", `Curves of cost and accuracy over the epochs. ${model.get("words")}`);
  }
  const heard = [
    ["change:points", soon], ["change:weights", soon], ["change:status", show], ["change:words", show], ["change:error", show],
    ["change:eta", showEta], ["change:rates", showEta], ["change:mini_batch_size", showSize], ["change:sizes", showSize],
  ];
  for (const [what, call] of [...heard]) model.on(what, call);
  [showEta, showSize, show, draw].forEach((call) => call());
  el.append(box);
  const count = (more) => model.set("views", (model.get("views") ?? 0) + more); // known to the browser alone
  count(1);
  return () => {
    clearTimeout(due);
    for (const [what, call] of heard) model.off(what, call);
    count(-1);
    if (!model.get("views") && model.get("status") === "running") act("pause"); // nobody could see or stop it
  };
}

export default { initialize, render };
