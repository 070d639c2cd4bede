// What stands below the playground: what the last update did, the formulas, and the formulas with its numbers.
import { Formula, above, below, given, show } from "./formula.js";
import { called } from "./network_view.js";

const WRITTEN_OUT = 4; // examples of a mini-batch whose products δ·a are shown with their factors,
const LISTED = 12; // and those of which the products alone are
const PLAIN = new Formula("{w} − {η}·{g}", (w, eta, g) => w - eta * g);
const DECAYING = new Formula("{w} − {η}·({g} + {λ}·{w})", (w, eta, g, lambda) => w - eta * (g + lambda * w));
const OUTPUT = new Formula("({a} − {y})·{a}·(1 − {a})", (a, y) => (a - y) * a * (1 - a));

const indices = ({ l, j }) => above(l) + below(j + 1);
const activation = ({ l, k }) => (l > 1 ? `a${indices({ l: l - 1, j: k })}` : `x${below(k + 1)}`);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// "w²₁₃" or "b²₁"
export function parameterName({ l, j, k }) {
  return k === null ? `b${indices({ l, j })}` : `w${indices({ l, j })}${below(k + 1)}`;
}

function described({ l, j, k }, network) {
  const to = called({ l, j }, network);
  if (k === null) return `the bias of ${to}`;
  const from = l > 1 ? called({ l: l - 1, j: k }, network) : `input x${below(k + 1)}`;
  return `the weight from ${from} to ${to}`;
}

// A mean of products of δ and a, or of δ alone where there are no factors: its value, and how it is worked out.
function mean(deltas, factors) {
  const m = deltas.length;
  const products = deltas.map((delta, p) => (factors ? delta * factors[p] : delta));
  const value = sum(products) / m;
  if (m > LISTED) return [value, `mean of ${m} numbers = ${show(value)}`];
  if (m === 1 && !factors) return [value, show(value)];
  const factored = factors && m <= WRITTEN_OUT;
  const terms = products.map((_, p) => (factored ? `{δ${p}}·{a${p}}` : `{${p}}`));
  const values = factored ? products.flatMap((_, p) => [deltas[p], factors[p]]) : products;
  const reckon = (...given) =>
    sum(factored ? products.map((_, p) => given[2 * p] * given[2 * p + 1]) : given) / m;
  return [
    value,
    new Formula(m > 1 ? `(${terms.join(" + ")}) / ${m}` : terms[0], reckon).worked(values, value),
  ];
}

// BP1 or BP2 for one example: the symbols, and the numbers.
function blame({ l, j }, { network, page, a, y, delta }) {
  const own = `δ${indices({ l, j })}`;
  const active = a[l][j][0];
  if (l === network.last) {
    return [
      `${own} = (a − y)·a·(1 − a)`,
      `${own} = ${OUTPUT.worked([active, String(y[0])], delta[l][j][0])}`,
    ];
  }
  const { written, slope } = network.function(l);
  const later = delta[l + 1].map((values) => values[0]);
  const weights = later.map((_, i) => page[network.place({ l: l + 1, j: i, k: j })]);
  const terms = later.map((_, i) => `{w${i}}·{δ${i}}`).join(" + ");
  const values = [...later.flatMap((value, i) => [weights[i], value])];
  const last = written === "{slope}" ? String(slope(active)) : active;
  const steep = (number) => (written === "{slope}" ? number : slope(number));
  const reckon = (...given) =>
    sum(later.map((_, i) => given[2 * i] * given[2 * i + 1])) * steep(given.at(-1));
  const worked = new Formula(`(${terms})·${written}`, reckon).worked([...values, last], delta[l][j][0]);
  const symbols = `(Σᵢ w${above(l + 1)}ᵢ${below(j + 1)}·δ${above(l + 1)}ᵢ)`;
  const written_slope = written === "{slope}" ? "f′(z)" : written.replace(/[{}]/g, "");
  return [`${own} = ${symbols}·${written_slope}`, `${own} = ${worked}`];
}

// What update t of a run did to the parameter that is looked at: sentences, formulas, and numbers.
function update(run, t, chosen) {
  const { network, recipe, examples } = run;
  const rows = run.batch(t);
  const page = run.at(t - 1);
  const pass = examples.pass(page, rows);
  const [old, now] = [page, run.at(t)].map((weights) => weights[network.place(chosen)]);
  const factors = chosen.k === null ? null : Array.from(pass.a[chosen.l - 1][chosen.k]);
  const [slope, slopeWorked] = mean(Array.from(pass.delta[chosen.l][chosen.j]), factors);
  const named = parameterName(chosen);
  const decays = recipe.weight_decay > 0 && chosen.k !== null;
  const eta = given(recipe.eta);
  const step = decays
    ? DECAYING.worked([old, eta, slope, given(recipe.weight_decay)], now)
    : PLAIN.worked([old, eta, slope], now);
  const [symbols, numbers] = blame(chosen, { network, page, ...pass });
  const product = factors ? `δ${indices(chosen)}·${activation(chosen)}` : `δ${indices(chosen)}`;
  const went =
    now === old
      ? `stays at ${show(now)}`
      : `${now > old ? "grows" : "falls"} from ${show(old)} to ${show(now)}`;
  return {
    words:
      `Update ${t}, in epoch ${Math.ceil(t / run.perEpoch)}, learns from ${rows.length} of ` +
      `${examples.trained} points. ${capital(described(chosen, network))} ${went}.`,
    formula: [
      `∂C/∂${named} = mean of ${product} over these points`,
      `${named} ← ${named} − η·${decays ? `(∂C/∂${named} + λ·${named})` : `∂C/∂${named}`}`,
      symbols,
    ],
    numbers: [
      `∂C/∂${named} = ${slopeWorked}`,
      `${named} ← ${step}`,
      `at the point with two rings: ${numbers}`,
    ],
  };
}

// Why a run cannot learn, or cannot be what one hopes, if anything is in the way.
function obstacle({ examples: { y, trained } }) {
  if (!y.length) return "There are no points yet: put some of both classes into the plane.";
  if (!trained) return "All points are held out: there is none to learn from.";
  const ones = sum(Array.from(y.subarray(0, trained)));
  if (ones === 0 || ones === trained)
    return `All points that it learns from are of class ${ones ? 1 : 0}: it will say ${ones ? 1 : 0} everywhere.`;
  return "";
}

// Why a run has no more pages.
function ending({ over, left_at: left }, length) {
  if (left)
    return `Update ${left} carries a weight beyond a million, away from every scale: η is far too large. The run ends here.`;
  return over && length > 1 ? "The record is full: the run ends here." : "";
}

// What stands below at page t of a run: { words, formula, numbers }, each a list of lines.
export function caption(run, t, chosen, end) {
  const here = Math.min(t, run.length - 1);
  const hindered = obstacle(run);
  const value = show(run.at(here)[run.network.place(chosen)]);
  const start = {
    words: `The start: first weights of seed ${run.recipe.seed}. ${capital(described(chosen, run.network))} is ${parameterName(chosen)} = ${value}.`,
    formula: [],
    numbers: [],
  };
  const said = here ? update(run, here, chosen) : start;
  const last = here === run.length - 1 ? ending(end, run.length) : "";
  return { ...said, words: [[hindered, said.words, last].filter(Boolean).join(" ")] };
}
