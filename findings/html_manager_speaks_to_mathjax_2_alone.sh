#!/usr/bin/env bash
# ipywidgets' manager for HTML pages speaks to MathJax 2 alone: on a page with MathJax 3, the current one, each label is
# an unhandled TypeError, and formulas in labels stay LaTeX. The page that embeds widgets and the one that shows formulas
# are often made by two programs, so both meet. What helps: a MathJax.Hub of one's own that hands labels to MathJax 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit '@jupyter-widgets/html-manager@1.0.15' 'requirejs@2.3.7' \
  'mathjax@3.2.2' 'jsdom@26.1.0' >/dev/null
cat > look.cjs <<'JAVASCRIPT'
const { JSDOM } = require("jsdom");
const { writeFileSync } = require("fs");

const model = (name, module, state) => ({
  model_name: name,
  model_module: `@jupyter-widgets/${module}`,
  model_module_version: "2.0.0",
  state,
});
const state = {
  layout: model("LayoutModel", "base", {}),
  style: model("DescriptionStyleModel", "controls", {}),
  label: model("LabelModel", "controls", { value: "$\\eta$", layout: "IPY_MODEL_layout", style: "IPY_MODEL_style" }),
};
const json = (kind, content) => `<script type="application/vnd.jupyter.widget-${kind}+json">
  ${JSON.stringify({ version_major: 2, version_minor: 0, ...content })}</script>`;
const modules = "node_modules/@jupyter-widgets/html-manager";
writeFileSync(
  "page.html",
  `<!doctype html><body>${json("state", { state })}
  <div>${json("view", { model_id: "label" })}</div>
  <script src="node_modules/mathjax/es5/tex-svg.js"></script>
  <script src="node_modules/requirejs/require.js"></script><script src="${modules}/dist/embed-amd.js"></script></body>`,
);
const beforeParse = (window) => {
  window.DragEvent = window.MouseEvent; // what jsdom lacks
  window.setImmediate = setImmediate;
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} disconnect() {} };
};
const failed = [];
process.on("unhandledRejection", (error) => failed.push(String(error)));
JSDOM.fromFile("page.html", { runScripts: "dangerously", resources: "usable", beforeParse }).then(async ({ window }) => {
  const label = () => window.document.querySelector(".widget-label");
  for (let i = 0; i < 100 && !label(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(`html-manager ${require(`./${modules}/package.json`).version}, MathJax ${window.MathJax?.version}`);
  console.log(`the label says “${label()?.textContent}”; unhandled: ${failed[0]}`);
  if (!label() || window.MathJax?.version !== "3.2.2") throw new Error("the page is not what it should be");
  if (!failed.some((error) => error.includes("'Queue'"))) throw new Error("changed: MathJax 3 is known");
  process.exit();
});
JAVASCRIPT
node look.cjs
