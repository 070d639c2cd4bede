// Draws a scene (nblib/drawing/scene.py) in the browser.
import { name, svg } from "./dom.js";

const PAINT = new Set(["fill", "stroke", "stop-color", "color"]);
const MEANINGS = new Set(["ink", "quiet", "grid", "paper", "positive", "negative", "soft", "mark"]);

// The value that a packed attribute or text has at a step.
export function at(packed, step) {
  if (Array.isArray(packed)) return packed[step];
  return packed?.index ? packed.values[packed.index[step]] : packed;
}

// An attribute as the page needs it: colours by their meaning, and ids that no other drawing has.
function written(attribute, value, prefix) {
  if (attribute === "id") return prefix + value;
  if (PAINT.has(attribute) && MEANINGS.has(value)) return `var(--nblib-${value})`;
  return String(value).startsWith("url(#") ? value.replace("#", "#" + prefix) : value;
}

// Build an element and its children; what varies is added to `varying`, with a way to write it.
function build(part, prefix, varying) {
  const made = svg(part.tag);
  const put = (attribute, value) => made.setAttribute(attribute, written(attribute, value, prefix));
  for (const [attribute, value] of Object.entries(part.set)) put(attribute, value);
  if (part.text !== undefined)
    varying.push({ made, values: part.text, put: (value) => (made.textContent = value) });
  for (const [attribute, values] of Object.entries(part.vary))
    varying.push({ made, values, put: (value) => put(attribute, value) });
  made.append(...(part.children ?? []).map((child) => build(child, prefix, varying)));
  return made;
}

// Build the drawing once; return it with a function that shows the page of a step.
export function draw(scene) {
  const prefix = `nblib-${Math.random().toString(36).slice(2)}-`;
  const varying = [];
  const children = scene.elements.map((part) => build(part, prefix, varying));
  const root = svg("svg", { viewBox: `0 0 ${scene.width} ${scene.height}`, role: "img" }, ...children);
  root.style.maxWidth = `${scene.width}px`;
  const parts = new Set(varying.map(({ made }) => made));
  const show = (step) => {
    const hidden = new Set();
    for (const entry of varying) {
      const value = at(entry.values, step);
      if (value === null) hidden.add(entry.made);
      else if (value !== entry.shown) entry.put((entry.shown = value));
    }
    for (const made of parts) made.style.display = hidden.has(made) ? "none" : "";
    name(root, `${scene.title}, step ${step + 1} of ${scene.steps}: ${at(scene.words, step)}`);
  };
  return { root, show };
}
