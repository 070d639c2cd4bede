// Numbers as the course writes them: nblib/drawing/numbers.py and formula.py in the browser.

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// A number with so many decimals and a true minus sign; never −0.
export function num(value, digits = 2) {
  const text = value.toFixed(digits);
  return (+text === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// As `num`, with more decimals where it is small, and with a power of ten where it is tiny or huge.
export function show(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const [, power] = value.toExponential().split("e");
  if (power >= -4 && power < 6) return num(value, Math.max(digits, digits - 2 - power));
  const [mantissa, rounded] = value.toExponential(digits - 2).split("e");
  const raised = String(+rounded).replace(/./g, (sign) => RAISED[sign]);
  return `${mantissa.replace("-", "−")}·10${raised}`;
}

export function signed(value, digits = 4) {
  const text = show(value, digits);
  return value > 0 ? `+${text}` : text;
}

export function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

function read(text) {
  const [mantissa, power = "0"] = text.replace("−", "-").split("·10");
  const lowered = power.replace(/[⁻⁰-⁹¹²³]/g, (sign) =>
    Object.keys(RAISED).find((key) => RAISED[key] === sign),
  );
  return +`${mantissa}e${lowered}`;
}

// "formula with numbers = result": the values get as many decimals as it takes to redo it by hand. What is
// text already, because somebody has chosen it, stays as it is.
export function worked(values, formula, write, result, digits = 4) {
  const printed = show(result, digits);
  let texts;
  for (let more = digits; more < 18; more++) {
    texts = values.map((value) => (typeof value === "string" ? value : show(value, more)));
    if (show(formula(...texts.map(read)), digits) === printed) break;
  }
  return `${write(...texts)} = ${printed}`;
}
