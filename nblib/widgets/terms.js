// How a formula is broken into lines where the page is narrow.
import { html } from "./dom.js";

const SIGN = /((?<=[,:]) | (?=[+−=≈←→≥≤<] ))/;
const TIMES = /( ?)(?=·(?!10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]))/; // but a power of ten belongs to its number

// What separates the parts of a text, the loosest first, and whether only outside brackets: lines; formulas;
// terms; factors; then terms and factors within brackets.
const LEVELS = [
  [/(\n)/, false],
  [/( {2,})/, true],
  [SIGN, true],
  [TIMES, true],
  [SIGN, false],
  [TIMES, false],
];

const opened = (text) => text.split("(").length - text.split(")").length;

// The parts, and what is between two of them.
function split(text, [separator, outside]) {
  const found = [];
  let depth = 0;
  for (const part of text.split(separator)) {
    if (outside && depth > 0) found[found.length - 1] += part;
    else found.push(part);
    depth += opened(part);
  }
  return found;
}

// A formula as elements. A part that fits into a line stands in one; a longer one is broken between its own.
export function terms(text, level = 0) {
  if (level === LEVELS.length) return [text];
  const found = split(text, LEVELS[level]);
  if (found.length === 1) return terms(text, level + 1);
  const part = (inner) => html("span", { class: "nblib-term" }, ...terms(inner, level + 1));
  return found.map((here, i) => (i % 2 ? here || html("wbr") : part(here)));
}
