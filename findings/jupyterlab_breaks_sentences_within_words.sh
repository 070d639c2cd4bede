#!/usr/bin/env bash
# JupyterLab shows a sentence that a cell prints on as many lines as it takes, but ends them anywhere: "it move" and "s."
# Its style for outputs says "white-space: pre-wrap", which breaks between words, and "word-break: break-all" as well,
# which undoes that. Nobody sees it in a wide window. What helps: "word-break: normal; overflow-wrap: anywhere" in a style
# of one's own, which breaks a word only where the word alone is longer than the line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit 'jsdom@26.1.0' >/dev/null
for package in outputarea rendermime; do
  npm pack --silent "@jupyterlab/$package@4.6.6" >/dev/null
  mkdir "$package"
  tar -xzf "jupyterlab-$package-4.6.6.tgz" -C "$package"
done
cat > look.cjs <<'JAVASCRIPT'
const { JSDOM } = require("jsdom");
const { readFileSync } = require("fs");

const style = ["rendermime", "outputarea"].map((name) => readFileSync(`${name}/package/style/base.css`, "utf8"));
const output = '<div class="jp-OutputArea-output jp-RenderedText"><pre>What becomes of it? → it moves.</pre></div>';
const { window } = new JSDOM(`<!doctype html><style>${style.join("\n")}</style>${output}`);
const { whiteSpace, wordBreak } = window.getComputedStyle(window.document.querySelector("pre"));
console.log(`@jupyterlab/outputarea ${require("./outputarea/package/package.json").version}`);
console.log(`a text output has white-space: ${whiteSpace}; word-break: ${wordBreak}`);
if (whiteSpace !== "pre-wrap") throw new Error("changed: such lines are not broken at all");
if (wordBreak !== "break-all") throw new Error("changed: lines end between words");
JAVASCRIPT
node look.cjs
