#!/usr/bin/env bash
# Chromium paints a canvas on the background that it had before. Where one change of a theme gives a canvas that has
# been drawn on another background and a filter, the style says the new background, and the old one is seen, brightened:
# white behind it in a dark theme. A canvas that nobody has drawn on is right, and so is one without a filter. What
# helps: no background on the canvas itself, but on an element around it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit '@sparticuz/chromium@153.0.0' 'puppeteer-core@25.16.0' 'pngjs@7.0.0' >/dev/null
cat > look.mjs <<'JAVASCRIPT'
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";
import { PNG } from "pngjs";

const style = (filter) => `body { margin: 0 } canvas { display: block; background: #ffffff }
  .dark canvas { background: #1c1c1c; filter: ${filter} }`;
const browser = await puppeteer.launch({
  args: [...chromium.args, "--disable-gpu"], executablePath: await chromium.executablePath(), headless: "shell",
});
console.log(await browser.version());
async function grey(filter, drawn) {
  const page = await browser.newPage();
  await page.setContent(`<style>${style(filter)}</style><body><canvas width=40 height=40></canvas>`);
  if (drawn) await page.evaluate(() => document.querySelector("canvas").getContext("2d").clearRect(0, 0, 1, 1));
  await page.screenshot();
  const said = await page.evaluate(() => {
    document.body.className = "dark";
    return getComputedStyle(document.querySelector("canvas")).backgroundColor;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const seen = PNG.sync.read(Buffer.from(await page.screenshot())).data[4 * (20 * 800 + 20)];
  console.log(`filter ${filter}, ${drawn ? "drawn on" : "not drawn on"}: the style says ${said}, seen is grey ${seen}`);
  await page.close();
  return seen;
}
const plain = await grey("none", true);
const blank = await grey("brightness(1.6)", false);
const drawn = await grey("brightness(1.6)", true);
await browser.close();
if (plain !== 28 || blank > 60) throw new Error("the other two are wrong as well");
if (drawn !== 255) throw new Error("changed: the new background is seen");
JAVASCRIPT
node look.mjs
