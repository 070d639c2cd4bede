// What a learner does with each widget while the kernel is busy, dead or restarted, or after the page was busy
// itself, and what is seen then. It knows no browser: tests/browser/test_kernel_faults.py gives it to each.
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
const within = async (seconds, what, met) => {
  const end = performance.now() + 1000 * seconds;
  while (!met()) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what()}`);
    await pause();
  }
};

// JupyterLab knows which notebook is meant by the focus, which a window without a screen may not have.
const focus = (widget) => widget?.node.dispatchEvent(new FocusEvent("focus"));
const panel = () => {
  const shell = window.jupyterapp?.shell;
  if (shell && !shell.currentWidget) focus([...shell.widgets("main")][0]);
  return shell?.currentWidget;
};
const kernel = () => panel()?.sessionContext.session?.kernel;
const part = (number, what) => document.querySelectorAll(`.jp-CodeCell`)[number].querySelector(what);
const press = (target, key) => {
  target.focus();
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};
const choose = (select, value) => {
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
};
const click = (button) => button.click();

// Each is in a cell of its own. `use` asks something of the kernel; `shown` must be again what it was before
// where nobody answers.
const WIDGETS = {
  stepper: {
    cell: 0,
    use: (cell) => click(part(cell, ".nblib-actions button")),
    shown: (cell) => part(cell, ".nblib-counter").textContent,
  },
  setting: {
    cell: 0,
    use: (cell) => {
      const select = part(cell, ".nblib-explorer select");
      choose(select, select.options[(select.selectedIndex + 1) % 3].value);
    },
    shown: (cell) => part(cell, ".nblib-explorer select").value,
  },
  adder: {
    cell: 1,
    use: (cell) => press(part(cell, ".noUi-handle"), "ArrowRight"),
    shown: (cell) => part(cell, ".noUi-handle").getAttribute("aria-valuenow"),
  },
  pad: {
    cell: 2,
    use: (cell) => {
      for (const key of [" ", "ArrowRight", " "]) press(part(cell, ".nblib-sheet"), key);
    },
    shown: () => "",
  },
  training: {
    cell: 3,
    use: (cell) => click(part(cell, ".nblib-main")),
    shown: (cell) => part(cell, ".nblib-training").dataset.status,
  },
  "training's setting": {
    cell: 3,
    use: (cell) => {
      const select = part(cell, ".nblib-training select");
      choose(select, select.value === "20" ? "50" : "20");
    },
    shown: (cell) => part(cell, ".nblib-training select").value,
  },
};

const notice = (cell) => part(cell, ".nblib-notice").textContent;
const says = (seconds, cell, words) =>
  within(
    seconds,
    () => `“${words}”, but cell ${cell} says “${notice(cell)}”`,
    () => notice(cell).startsWith(words),
  );
const quiet = (seconds, cell) =>
  within(
    seconds,
    () => `silence, but cell ${cell} says “${notice(cell)}”`,
    () => notice(cell) === "",
  );
const all = (check) => Promise.all([...new Set(Object.values(WIDGETS).map(({ cell }) => cell))].map(check));

const runAll = async () => {
  await within(
    60,
    () => "the kernel of the notebook",
    () => panel()?.context?.isReady && panel().sessionContext.isReady && kernel()?.status === "idle",
  );
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
};

window.faults = {
  // Open the notebook, run it, wait until every widget is there.
  run: async () => {
    await runAll();
    await all((cell) =>
      within(
        60,
        () => `the widget of cell ${cell}`,
        () => part(cell, ".nblib-notice"),
      ),
    );
  },

  // While the kernel is busy every widget says so, first that it waits, then that it may wait in vain; when
  // the kernel is interrupted, all is done and all are silent.
  busy: async () => {
    kernel().requestExecute({ code: "import time; time.sleep(60)", store_history: false });
    await within(
      10,
      () => "a busy kernel",
      () => kernel().status === "busy",
    );
    for (const { use, cell } of Object.values(WIDGETS)) use(cell);
    await all((cell) => says(3, cell, "Waiting for the kernel"));
    await all((cell) => says(8, cell, "No answer yet"));
    await kernel().interrupt();
    await all((cell) => quiet(20, cell));
  },

  // When the kernel is interrupted in the midst of a new run, the setting goes back, and the page says why.
  interrupted: async (cell) => {
    const select = part(cell, ".nblib-explorer select");
    choose(select, "slow");
    await says(3, cell, "Waiting for the kernel");
    await kernel().interrupt();
    await within(
      10,
      () => "the reason",
      () => part(cell, "[role=alert]").textContent === "KeyboardInterrupt" && select.value === "quick",
    );
    await quiet(10, cell);
    choose(select, "fails");
    await within(
      10,
      () => "the reason",
      () =>
        part(cell, "[role=alert]").textContent.startsWith("ArithmeticError: ") && select.value === "quick",
    );
  },

  // Nobody answers: each widget says so when it is used, and shows again what is drawn.
  dead: async () => {
    for (const [name, { use, shown, cell }] of Object.entries(WIDGETS)) {
      const before = shown(cell);
      use(cell);
      await says(10, cell, "The kernel does not answer");
      await within(
        3,
        () => `${name} to be ${before} again, but it is ${shown(cell)}`,
        () => shown(cell) === before,
      );
    }
  },

  restart: async () => {
    await panel().sessionContext.restartKernel();
  },

  // The kernel is killed while all wait for it; each of them says so by itself.
  killed: async () => {
    kernel().requestExecute({ code: "import os, time; time.sleep(1); os.abort()", store_history: false });
    await pause();
    for (const { use, cell } of Object.values(WIDGETS)) use(cell);
    await all((cell) => says(20, cell, "The kernel does not answer"));
  },

  // From now on the page is busy for three seconds with the first script of a widget that it loads.
  busyPage: () => {
    const make = URL.createObjectURL;
    const busy = `
      globalThis.until ??= performance.now() + 3000;
      while (performance.now() < globalThis.until);
      await new Promise((resolve) => setTimeout(resolve, 50));
    `;
    URL.createObjectURL = (blob) => {
      const { type } = blob;
      return make.call(URL, type === "text/javascript" ? new Blob([busy, blob], { type }) : blob);
    };
  },

  // What the kernel said to the widgets while the page was busy is seen, and what it says later; it hears them.
  heard: async () => {
    await runAll();
    const [stepper, pad, training] = ["stepper", "pad", "training"].map(
      (name) => () => part(0, `.nblib-${name}`),
    );
    const seen = () => [
      stepper()?.dataset.step,
      pad()?.dataset.strokes,
      training()?.querySelector("output").textContent,
      training()?.dataset.status,
    ];
    const sees = (...wanted) =>
      within(
        20,
        () => `${wanted}, but ${seen()} is seen`,
        () => `${seen()}` === `${wanted}`,
      );
    await sees(3, 1, 2, "ready");
    if (!(globalThis.until < performance.now())) throw new Error("the page was never busy");
    await kernel().requestExecute({ code: "view.step = 5; pad.clear(); live.start()" }).done;
    await sees(5, 0, 2, "running");
    const { textContent: before } = part(0, ".nblib-counter");
    choose(part(0, ".nblib-explorer select"), "XOR");
    await within(
      20,
      () => `other steps than ${before}`,
      () => part(0, ".nblib-counter").textContent !== before,
    );
    click(training().querySelector("button[aria-label=Stop]"));
    await within(
      20,
      () => "training to stop",
      () => training().dataset.status === "stopped",
    );
    for (const { textContent } of document.querySelectorAll(".nblib-notice"))
      if (textContent) throw new Error(`a widget says “${textContent}”`);
  },
};
