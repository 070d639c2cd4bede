#!/usr/bin/env bash
# ipywidgets' manager for HTML pages says that a picture just before a widget, <img class="jupyter-widget">, is deleted
# when the widget is shown: a picture for readers offline. It never is: the name of its tag is compared with "img", and
# in an HTML page it is "IMG", so both are seen. What helps: take the picture away oneself, by a style or a script.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit '@jupyter-widgets/html-manager@1.0.15' 'requirejs@2.3.7' \
  'jsdom@26.1.0' >/dev/null
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
  label: model("LabelModel", "controls", { value: "live", layout: "IPY_MODEL_layout", style: "IPY_MODEL_style" }),
};
const json = (kind, content) => `<script type="application/vnd.jupyter.widget-${kind}+json">
  ${JSON.stringify({ version_major: 2, version_minor: 0, ...content })}</script>`;
const modules = "node_modules/@jupyter-widgets/html-manager";
writeFileSync(
  "page.html",
  `<!doctype html><body>${json("state", { state })}
  <div><img class="jupyter-widget" alt="a picture">${json("view", { model_id: "label" })}</div>
  <script src="node_modules/requirejs/require.js"></script><script src="${modules}/dist/embed-amd.js"></script></body>`,
);
const beforeParse = (window) => {
  window.DragEvent = window.MouseEvent; // what jsdom lacks
  window.setImmediate = setImmediate;
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} disconnect() {} };
};
JSDOM.fromFile("page.html", { runScripts: "dangerously", resources: "usable", beforeParse }).then(async ({ window }) => {
  const label = () => window.document.querySelector(".widget-label");
  for (let i = 0; i < 100 && !label(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  const picture = window.document.querySelector("img.jupyter-widget");
  console.log(`html-manager ${require(`./${modules}/package.json`).version}`);
  console.log(`the widget says “${label()?.textContent}”, the picture is ${picture ? "still there" : "gone"}`);
  console.log(`the name of its tag is ${picture?.tagName}`);
  if (label()?.textContent !== "live") throw new Error("the widget is not shown");
  if (!picture) throw new Error("changed: the picture is gone");
  process.exit();
});
JAVASCRIPT
node look.cjs
