// What the tests ask JupyterLab or Notebook 7, in its own words. The page loads this before either starts.
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const panel = () => window.jupyterapp?.shell?.currentWidget;
const kernel = () => panel()?.sessionContext?.session?.kernel;

const replaced = (image) =>
  image.parentElement.querySelector("style.nblib-beside") && !image.checkVisibility();

const within = (seconds, what, work) =>
  Promise.race([
    work,
    new Promise((_, reject) =>
      setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), 1000 * seconds),
    ),
  ]);

window.course = {
  failures: [], // errors in widget callbacks reach no cell, only Lab's log
  undo: [], // functions that put back what a test has changed in the page itself

  // Wait for the document, then for its kernel: earlier, Run All asks which kernel to use.
  ready: (seconds) =>
    within(
      seconds,
      "open the notebook and start its kernel",
      (async () => {
        while (!panel()?.sessionContext) await pause();
        await panel().context.ready;
        await panel().sessionContext.ready;
        while (kernel()?.status !== "idle") await pause();
        panel().sessionContext.iopubMessage.connect((_, message) => {
          if (message.header.msg_type === "error") {
            window.course.failures.push(`${message.content.ename}: ${message.content.evalue}`);
          }
        });
      })(),
    ),

  isFree: () => kernel()?.status === "idle" && !window.course.dialogs().length,

  // What Lab asks or tells in a box that lies over everything, such as that the kernel has died.
  dialogs: () =>
    [...document.querySelectorAll(".jp-Dialog")].map((dialog) => dialog.innerText.replace(/\s+/g, " ")),

  // Clear the kernel and put other cells in the place of all that are there, called cell-0, cell-1, …
  lay: (seconds, sources, clear) =>
    within(
      seconds,
      "lay other cells",
      (async () => {
        while (window.course.undo.length) window.course.undo.pop()();
        const { content } = panel();
        const cells = content.model.sharedModel;
        cells.transact(() => {
          const before = cells.cells.length;
          cells.insertCells(
            0,
            sources.map((source, i) => ({ cell_type: "code", id: `cell-${i}`, source, metadata: {} })),
          );
          cells.deleteCellRange(sources.length, sources.length + before);
        });
        await kernel().requestExecute({ code: clear, store_history: false }).done;
        content.activeCellIndex = 0;
        content.mode = "command";
        window.course.failures.length = 0;
      })(),
    ),

  runAll: (seconds) =>
    within(
      seconds,
      "run all cells",
      (async () => {
        const ok = await window.jupyterapp.commands.execute("notebook:run-all-cells");
        await kernel().requestExecute({ code: "", silent: true }).done;
        return ok;
      })(),
    ),

  // Wait until the kernel has answered whatever the page has asked it so far.
  idle: (seconds) =>
    within(
      seconds,
      "wait for the kernel",
      kernel()
        .requestExecute({ code: "", silent: true })
        .done.then(() => null),
    ),

  setTheme: (seconds, theme) =>
    within(
      seconds,
      `change to the theme ${theme}`,
      (async () => {
        await window.jupyterapp.commands.execute("apputils:change-theme", { theme });
        while (document.body.dataset.jpThemeName !== theme) await pause();
      })(),
    ),

  cells: () =>
    [...panel().content.model.cells]
      .filter((cell) => cell.type === "code")
      .map((cell) => ({
        id: cell.id,
        trusted: cell.trusted,
        folded: panel().content.widgets.find(({ model }) => model === cell).outputHidden,
        outputs: cell.outputs.toJSON(),
        execution_count: cell.executionCount,
      })),

  // Pictures in the outputs; what is folded away until the cell runs, or has something live in its place,
  // counts for nothing.
  images: async () =>
    Promise.all(
      [...document.querySelectorAll(".jp-OutputArea-output img")]
        .map((image) => [image, panel().content.widgets.find((cell) => cell.node.contains(image))])
        .filter(([image, cell]) => !cell?.outputHidden && !replaced(image))
        .map(async ([image, cell]) => {
          await image.decode().catch(() => null);
          return {
            alt: image.alt,
            cell: cell?.model.id,
            pixels: image.naturalWidth * image.naturalHeight,
            width: image.getBoundingClientRect().width,
          };
        }),
    ),
};
