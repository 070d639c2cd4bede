// Numbers and formulas as the course writes them (nblib/drawing/numbers.py and formula.py).

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const MOST_DIGITS = 17;

// A whole number as an index above, or below.
export const above = (number) => [...String(number)].map((digit) => RAISED[digit] ?? "⁻").join("");
export const below = (number) => [...String(number)].map((digit) => LOWERED[digit]).join("");

// A number with so many decimals and a true minus sign; never −0.
export function num(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// A number with `digits` decimals, more where it is small, a power of ten where tiny or huge; text as it is.
export function show(value, digits = 4) {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (-4 <= size && size < 6) return num(value, Math.max(digits, digits - 2 - size));
  const [mantissa, power] = value.toExponential(digits - 2).split("e");
  return `${mantissa}·10${above(Number(power))}`.replace("-", "−");
}

// A number that somebody has chosen, as it was written.
export const given = (value) => String(value).replace("-", "−");

// The value of a number that `show` has written.
export function read(text) {
  const [mantissa, power = ""] = text.replace("−", "-").split("·10");
  const digits = [...power].map((sign) => (sign === "⁻" ? "-" : RAISED.indexOf(sign))).join("");
  return Number(digits ? `${mantissa}e${digits}` : mantissa);
}

const bracketed = (text) => (text.startsWith("−") ? `(${text})` : text);

// A formula, written once: braces hold the names of what has a number, and `reckon` takes these numbers.
export class Formula {
  constructor(text, reckon) {
    this.text = text;
    this.reckon = reckon;
    this.symbols = text.replace(/[{}]/g, "");
    this.names = [...new Set([...text.matchAll(/\{(.*?)\}/g)].map(([, named]) => named))];
  }

  // The formula with numbers as they are written here; negative ones in brackets, but at a beginning.
  filled(texts) {
    const place = (_, named, at) => {
      const begins = at === 0 || this.text[at - 1] === "(";
      const text = texts[this.names.indexOf(named)];
      return begins ? text : bracketed(text);
    };
    return this.text.replace(/\{(.*?)\}/g, place);
  }

  // "Formula with numbers = result", with as many digits as it takes to redo it by hand.
  worked(values, result = this.reckon(...values.map((value) => Number(value)))) {
    const printed = show(result);
    let texts;
    for (let digits = 4; digits <= MOST_DIGITS; digits++) {
      texts = values.map((value) => show(value, digits));
      if (show(this.reckon(...texts.map(read))) === printed) break;
    }
    return `${this.filled(texts)} = ${printed}`;
  }
}
