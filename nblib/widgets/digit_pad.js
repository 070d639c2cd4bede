// A pad to draw a digit on (nblib/widgets/digit_pad.py). Strokes go to Python, answers come back.
const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.04, FINE = 0.01, NEAR = 0.004, MOST_BYTES = 8e6, PATIENCE = 4000;
const HELP = "Draw with mouse, finger or pen. With the keyboard: arrow keys move the pen (with Shift a little), " +
  "space lowers and raises it, Ctrl+Z undoes.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const UNANSWERED = "No answer yet: is the kernel busy, or not running?";

const filled = (made, children) => { made.append(...children); return made; };
const html = (tag, attributes = {}, ...children) => filled(Object.assign(document.createElement(tag), attributes), children);
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return filled(made, children);
}
const inside = (value) => +Math.max(0, Math.min(1, value)).toFixed(4);
const count = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

// A picture of 28 × 28 brightnesses: ink is black, the stylesheet turns it round on a dark page.
function picture(bytes, label, caption) {
  const canvas = html("canvas", { width: 28, height: 28, role: "img", ariaLabel: label });
  const image = new ImageData(28, 28), pixels = new Uint32Array(image.data.buffer);
  bytes.forEach((ink, i) => (pixels[i] = 0xff000000 | (0x010101 * (255 - ink))));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return html("figure", {}, canvas, html("figcaption", {}, caption));
}

// A strip of bars, upwards for positive and downwards for negative activations.
function strip(layer, number) {
  const most = Math.max(1, ...layer.map(Math.abs)), low = Math.min(0, ...layer) / most;
  const bars = (sign) => layer.map((a, i) => (a * sign > 0 ? `M${i + 0.1} 0h.8v${-a / most}h-.8z` : "")).join("");
  const drawn = svg("svg", { viewBox: `0 -1 ${layer.length} ${1 - low}`, preserveAspectRatio: "none", role: "img" },
    svg("path", { d: bars(1), class: "more" }), svg("path", { d: bars(-1), class: "less" }));
  const said = `hidden layer ${number}: ${layer.filter((a) => a > 0.5).length} of ${layer.length} neurons above 0.5`;
  drawn.setAttribute("aria-label", said);
  return html("figure", { className: "nblib-hidden" }, drawn, html("figcaption", { ariaHidden: "true" }, said));
}

function render({ model, el }) {
  let stroke = null, pen = [0.5, 0.5], pointer = null, mine = [], sent = mine, waiting = null, nudging = null;
  const strokes = () => model.get("strokes"), current = () => model.get("answer").points === count(strokes());
  const control = (made) => { made.dataset.lmSuppressShortcuts = "true"; return made; }; // else JupyterLab takes the keys
  const help = html("p", { className: "nblib-help", id: `nblib-help-${Math.random().toString(36).slice(2)}` }, HELP);
  const lines = svg("g", { "stroke-width": model.get("thickness") });
  const cursor = svg("g", { class: "nblib-cursor" },
    svg("circle", { r: model.get("thickness") / 2 }), svg("path", { d: "M-.08 0H-.04M.04 0H.08M0-.08V-.04M0 .04V.08" }));
  const sheet = control(svg("svg", { class: "nblib-sheet", viewBox: "0 0 1 1", tabindex: 0, role: "application",
    "aria-roledescription": "drawing pad", "aria-label": "Pad for one digit", "aria-describedby": help.id }, lines, cursor));
  const where = html("p", { className: "nblib-where", ariaLive: "polite" }), words = html("p", { className: "nblib-words" });
  const button = (name, action) => control(html("button", { type: "button", onclick: action }, name));
  const file = control(html("input", { type: "file", accept: "image/*", hidden: true }));
  const outputs = html("ol", { className: "nblib-outputs", ariaLabel: "The ten outputs" });
  const images = html("div", { className: "nblib-images" });
  const reading = html("div", { className: "nblib-reading" }, outputs, images);
  const box = html("div", { className: "nblib-stepper nblib-pad", role: "group", ariaLabel: "Draw a digit" },
    html("div", {}, sheet, html("div", { className: "nblib-controls" }, button("Undo", () => undo()), button("Clear", () => replace([], "Cleared.")),
      button("Open a picture", () => file.click()), file), where, help),
    html("div", {}, words, reading));

  function paint() {
    if (strokes() !== mine) { // a cell has drawn something else
      [stroke, pointer, mine] = [null, null, strokes()];
      if (waiting === null) sent = mine;
    }
    lines.replaceChildren(...strokes().map((points) => svg("polyline", { points: [points[0], ...points].join(" ") })));
    cursor.setAttribute("transform", `translate(${pen})`);
    sheet.classList.toggle("down", stroke !== null);
    box.dataset.strokes = strokes().length;
  }
  // Send what is drawn: while the pen moves as fast as answers come, what is complete at once.
  function changed(drawn) {
    model.set("strokes", (mine = drawn));
    if (waiting === null || stroke === null) tell();
  }
  function tell() {
    if (mine === sent) return;
    answered();
    waiting = setTimeout(late, PATIENCE);
    // The server keeps a small message back until the browser has acknowledged the one before (Nagle's
    // algorithm), and that takes 40 ms unless the browser has something to send: so it sends nothings.
    let nudges = 0;
    nudging = setInterval(() => (nudges++ < 4 ? send({}) : clearInterval(nudging)), 14);
    send({ strokes: (sent = mine) });
  }
  function send(message, buffers) {
    try { model.send(message, undefined, buffers); } catch { late(); } // the kernel has been shut down
  }
  function answered() {
    clearTimeout(waiting);
    clearInterval(nudging);
    waiting = null;
  }
  function late() { answered(); words.textContent = UNANSWERED; }
  function add(points) {
    for (const point of points) {
      const [x, y] = stroke.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) >= NEAR) stroke.push(point);
    }
    changed([...strokes().slice(0, -1), [...stroke]]); // a copy: what has been sent must not grow
  }
  const lower = (point) => { stroke = [point]; changed([...strokes(), [point]]); };
  function raise() {
    if (!stroke) return;
    stroke = pointer = null;
    if (current()) speak();
    tell();
    paint();
  }
  function replace(drawn, said) {
    raise();
    changed(drawn);
    where.textContent = said;
  }
  const undo = () => replace(strokes().slice(0, -1), `Undone. Strokes left: ${Math.max(0, strokes().length - 1)}.`);

  const place = ({ clientX, clientY }) => {
    const { left, top, width, height } = sheet.getBoundingClientRect();
    return [inside((clientX - left) / width), inside((clientY - top) / height)];
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    raise(); // of the keyboard
    event.preventDefault();
    sheet.focus({ preventScroll: true });
    sheet.classList.remove("keys");
    sheet.setPointerCapture((pointer = event.pointerId));
    lower((pen = place(event)));
  });
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    add((passed.length ? passed : [event]).map(place));
    pen = place(event);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    sheet.addEventListener(name, (event) => event.pointerId === pointer && raise());
  sheet.addEventListener("focus", () => pointer === null && sheet.matches(":focus-visible") && sheet.classList.add("keys"));
  sheet.addEventListener("blur", () => { sheet.classList.remove("keys"); raise(); });
  sheet.addEventListener("keydown", (event) => {
    const { key } = event, command = event.ctrlKey || event.metaKey, arrow = ARROWS[key];
    if (command && key.toLowerCase() === "z" && !event.shiftKey) undo();
    else if (command || event.altKey || pointer !== null || !(arrow || key === " ")) return;
    else if (key === " ") { if (!event.repeat) stroke ? raise() : lower(pen); }
    else {
      pen = pen.map((value, axis) => inside(value + arrow[axis] * (event.shiftKey ? FINE : STEP)));
      if (stroke) add([pen]);
    }
    event.preventDefault();
    if (!command) {
      sheet.classList.add("keys");
      const [across, down] = pen.map((value) => Math.round(100 * value));
      where.textContent = `Pen ${stroke ? "down" : "up"}, ${across} % across, ${down} % down.`;
    }
    paint();
  });

  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen?.size > MOST_BYTES) where.textContent = `${chosen.name} is larger than 8 MB; choose a smaller picture.`;
    else if (chosen) send({ file: chosen.name }, [await chosen.arrayBuffer()]);
  });
  function speak() {
    words.ariaLive = stroke === null && current() ? "polite" : "off"; // spoken once the pen is raised
    words.replaceChildren(model.get("answer").words); // new even if it says the same
  }
  function show() {
    const answer = model.get("answer");
    if (answer.points === count(sent)) { answered(); tell(); } // what was drawn meanwhile
    speak();
    reading.hidden = !answer.outputs;
    box.dataset.points = answer.points;
    if (!answer.outputs) return;
    const most = Math.max(1, ...answer.outputs);
    outputs.replaceChildren(...answer.outputs.map((a, digit) => {
      const parts = [digit, html("i", { style: `width: ${(100 * Math.max(0, a)) / most}%` }), a?.toFixed(2) ?? "–"];
      return html("li", { className: digit === answer.answer ? "best" : "" }, ...parts.map((part) => html("span", {}, part)));
    }));
    const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
    const near = bytes(answer.nearest);
    images.replaceChildren(
      picture(bytes(answer.seen), "The drawing as the network sees it, 28 by 28 pixels", "as the network sees it"),
      ...answer.labels.map((label, i) =>
        picture(near.subarray(784 * i, 784 * (i + 1)), `Training image near to it: a ${label}`, `near to it: a ${label}`)),
      ...answer.hidden.map((layer, i) => strip(layer, i + 1)));
  }

  paint();
  show();
  el.append(box);
  const events = Object.entries({ "change:strokes": paint, "change:answer": show, "msg:custom": ({ said }) => (where.textContent = said) });
  for (const event of events) model.on(...event);
  return () => {
    answered();
    for (const event of events) model.off(...event);
  };
}

export default { render };
