// The cost of the points learned from, and of those held out, over the updates of a run.
import { name, svg } from "./dom.js";
import { num } from "./formula.js";

const [LEFT_EDGE, UPPER_EDGE, ACROSS, UP] = [34, 8, 200, 84]; // of the rectangle, in a drawing of 240 by 118
const NAMES = ["training", "held out"];

// How the line of a pile looks.
function legend(pile, y) {
  const x = LEFT_EDGE + ACROSS - 78;
  const line = svg("path", { d: `M${x} ${y - 3}h22`, class: pile.replace(" ", "-") });
  return [line, svg("text", { x: x + 28, y }, pile)];
}

export class CostCurve {
  constructor() {
    this.lines = NAMES.map((pile) => svg("path", { class: pile.replace(" ", "-") }));
    this.here = svg("line", { class: "here", y1: UPPER_EDGE, y2: UPPER_EDGE + UP });
    this.most = svg("text", { x: LEFT_EDGE - 4, y: UPPER_EDGE + 8, "text-anchor": "end" });
    this.end = svg("text", { x: LEFT_EDGE + ACROSS, y: UPPER_EDGE + UP + 13, "text-anchor": "end" });
    const fixed = [
      svg("rect", { x: LEFT_EDGE, y: UPPER_EDGE, width: ACROSS, height: UP, class: "frame" }),
      svg("text", { x: LEFT_EDGE - 4, y: UPPER_EDGE + UP, "text-anchor": "end" }, "0"),
      svg("text", { x: LEFT_EDGE, y: UPPER_EDGE + UP + 13 }, "update 0"),
      svg("text", { x: LEFT_EDGE - 4, y: UPPER_EDGE + UP / 2 + 4, "text-anchor": "end" }, "C"),
      ...NAMES.flatMap((pile, i) => legend(pile, UPPER_EDGE + 12 + 13 * i)),
    ];
    const parts = [...fixed, this.most, this.end, ...this.lines, this.here];
    this.drawing = svg("svg", { viewBox: "0 0 240 118", role: "img", class: "nblib-costs" }, ...parts);
  }

  // Draw the costs [training, held out] of every so many pages, `last` and `most` being the ends of the axes.
  draw({ costs, every }, last, most) {
    Object.assign(this, { last });
    this.most.textContent = num(most, most < 0.1 ? 3 : 2);
    this.end.textContent = last;
    this.lines.forEach((line, pile) => {
      const points = costs
        .map((both, i) => [i * every, both[pile]])
        .filter(([t, cost]) => t <= last && Number.isFinite(cost))
        .map(([t, cost]) => `${this.x(t)} ${(UPPER_EDGE + UP * (1 - cost / most)).toFixed(1)}`);
      line.setAttribute("d", points.length ? `M${points.join("L")}` : "");
    });
  }

  x(t) {
    return (LEFT_EDGE + (ACROSS * t) / Math.max(1, this.last)).toFixed(1);
  }

  show(t) {
    this.here.setAttribute("x1", this.x(t));
    this.here.setAttribute("x2", this.x(t));
  }

  speak(words) {
    name(this.drawing, words);
  }
}
