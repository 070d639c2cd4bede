#!/usr/bin/env bash
# A widget of anywidget whose module takes longer than two seconds to arrive is shown all the same, but from then on each
# message of the kernel to it is rejected, for ever: nothing on the page says so, only its log. A page that is busy while
# a notebook runs is enough. A guess would be that it is not shown, or that it hears. Its own script runs here in Node
# with the smallest stand-ins for a page and for ipywidgets' classes. What helps: take the messages from the comm oneself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'anywidget==0.11.0'
cd "$folder"
cat > listen.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";

let factory, script;
globalThis.define = (_, given) => (factory = given);
globalThis.document = { querySelector: () => null };
URL.createObjectURL = () => "data:text/javascript," + encodeURIComponent(script);
(0, eval)(readFileSync(process.argv[2], "utf8"));

class DOMWidgetModel {
  constructor(state) { this.state = state; this.initialize(); }
  initialize() {}
  get(name) { return this.state[name]; }
  set() {}
  save_changes() {}
  send() {}
  on() {}
  once() {}
  off() {}
  async _handle_comm_msg() { return "heard"; }
}
class DOMWidgetView {
  constructor(model) { Object.assign(this, { model, el: {}, $el: { empty() {} } }); }
  remove() {}
}
const { AnyModel, AnyView } = factory({ DOMWidgetModel, DOMWidgetView });
process.on("unhandledRejection", () => {});

const found = [];
for (const seconds of [1, 3]) {
  globalThis.shown = false;
  script = `await new Promise((resolve) => setTimeout(resolve, ${1000 * seconds}));
    export default { render() { globalThis.shown = true; } };`;
  const model = new AnyModel({ _esm: script, _css: "", _anywidget_id: String(seconds) });
  new AnyView(model).render();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds + 1500));
  const message = await model._handle_comm_msg({}).catch((error) => `rejected: ${error.message}`);
  found.push([globalThis.shown, message]);
  console.log(`module after ${seconds} s: shown ${globalThis.shown}, message ${message}`);
}
const [soon, late] = found;
if (!soon[0] || soon[1] !== "heard") throw new Error("the stand-ins are not enough");
if (!late[0] || !late[1].startsWith("rejected")) throw new Error("changed: it hears, or it is not shown");
JAVASCRIPT
echo "anywidget $(venv/bin/pip list --disable-pip-version-check | awk '$1 == "anywidget" {print $2}'), Node $(node --version)"
node --no-warnings listen.mjs venv/share/jupyter/nbextensions/anywidget/index.js
