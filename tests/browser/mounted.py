"""A widget on a bare page, with Python at the other end of its line but no Jupyter between them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Locator, Page

from messages import tell
from nblib.widgets.still import StillWidget

MODEL = """
class Model {
  constructor(state) {
    this.state = this.read(state);
    this.calls = new Map();
    this.dead = false;
    const real = {
      get comm_live() { return !window.model.dead; },
      comm: {}, get() {}, on() {}, off() {}, _handle_comm_msg: async () => {},
    };
    this.widget_manager = { get_model: async () => real };
  }
  read(value) {
    if (value && value.base64 !== undefined)
      return new DataView(Uint8Array.from(atob(value.base64), c => c.charCodeAt(0)).buffer);
    if (Array.isArray(value)) return value.map(one => this.read(one));
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.read(one)]));
    return value;
  }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    this.tell(`change:${name}`);
  }
  on(event, call) { this.calls.set(event, [...(this.calls.get(event) ?? []), call]); }
  off(event, call) { this.calls.set(event, this.calls.get(event).filter(one => one !== call)); }
  tell(event, ...what) { for (const call of this.calls.get(event) ?? []) call(...what); }
  send(message, callbacks) {
    if (this.dead) throw new Error('there is no kernel'); // at once, as a comm that is closed does
    this.ask(message, callbacks);
  }
  save_changes() {} // what is set is not told: that is the line's to do
  async ask(message, callbacks) {
    const { updates, messages } = await window.python(JSON.stringify(message));
    this.hear(updates, messages);
    callbacks?.iopub?.status({ content: { execution_state: 'idle' } });
  }
  hear(updates, messages) {
    for (const [kind, what, buffers] of [...updates, ...messages]) {
      if (kind === 'message') { this.tell('msg:custom', what, this.read(buffers)); continue; }
      const state = this.read(what);
      const changed = Object.keys(state).filter(name => this.state[name] !== state[name]);
      Object.assign(this.state, state);
      for (const name of changed) this.tell(`change:${name}`);
    }
  }
}
"""
MOUNT = """async ([script, style, state, theme]) => {
  document.body.replaceChildren();
  document.body.dataset.jpThemeLight = String(theme === 'light');
  document.body.style.background = theme === 'light' ? 'white' : '#111';
  document.body.style.setProperty('--jp-ui-font-color1', theme === 'light' ? '#222' : '#e8e8e8');
  document.body.style.setProperty('--jp-layout-color2', theme === 'light' ? '#eee' : '#333');
  document.body.style.font = '13px sans-serif';
  const sheet = document.createElement('style');
  sheet.textContent = style;
  const el = document.createElement('main');
  document.body.append(sheet, el);
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const { default: widget } = await import(url);
  window.model = new Model(state);
  widget.initialize?.({ model: window.model });
  window.end = widget.render({ model: window.model, el });
}"""


def readable(value: Any) -> Any:
    """Return state as JSON can carry it."""
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: readable(one) for key, one in value.items()}
    return [readable(one) for one in value] if isinstance(value, (list, tuple)) else value


class Mounted:
    """A widget that is shown on a page; what either end says is heard by the other."""

    def __init__(self, page: Page, widget: StillWidget, theme: str = "light") -> None:
        self.page, self.widget = page, widget
        self.heard: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self._said: list[list[Any]] = []
        page.on("pageerror", lambda error: self.errors.append(f"{error}\n{error.stack}"))
        widget.send = self._say
        page.expose_function("python", self._hear)
        page.goto("about:blank")
        page.evaluate(f"() => {{ window.Model = (() => {{ {MODEL}; return Model; }})(); }}")
        self.mount(theme)

    def mount(self, theme: str = "light") -> None:
        state = self.widget.get_state()
        script, style = state.pop("_esm"), state.pop("_css")
        shown = {name: readable(value) for name, value in state.items() if not name.startswith("_")}
        self.page.evaluate(MOUNT, [script, style, shown, theme])

    @property
    def box(self) -> Locator:
        return self.page.locator("main > *").first

    def wait_until(self, met: Callable[[], bool]) -> None:
        """Wait until something is so in Python, which hears the page only while somebody waits."""
        until = time.monotonic() + 20
        while not met():
            assert time.monotonic() < until, "not within 20 s"
            self.page.wait_for_timeout(20)

    def _say(self, message: Any, buffers: Any = None) -> None:
        self._said.append(["message", readable(message), readable(buffers or [])])

    def _hear(self, text: str) -> dict[str, Any]:
        message = json.loads(text)
        self.heard.append(message)
        return self.answer(lambda: tell(self.widget, message), message)

    def answer(self, act: Any, heard: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Do something in Python and return what the page is told of it, save for what it said itself."""
        before, heard = self._shared(), heard or {}
        act()
        after = self._shared()
        changed = {
            name: readable(value)
            for name, value in after.items()
            if value is not before[name] and not (name in heard and heard[name] == value)
        }
        said, self._said = self._said, []
        return {"updates": [["update", changed]] if changed else [], "messages": said}

    def run(self, act: Any) -> None:
        """Do something in Python, as a cell would."""
        told = self.answer(act)
        self.page.evaluate("told => window.model.hear(told.updates, told.messages)", told)

    def _shared(self) -> dict[str, Any]:
        return {name: getattr(self.widget, name) for name in self.widget.keys if not name.startswith("_")}
