/** Styles, scripts and the icon sprite into one folder: `node build.mjs FOLDER`. Same input, same bytes. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../src/yipan/surfaces/design/static/design"));
const surfaces = join(here, "../src/yipan");
// Modules that the page imports when it needs them; all others are plain scripts.
const MODULES = new Set(["chart.ts"]);

async function scripts() {
  const names = readdirSync(join(here, "src")).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts")).sort();
  const common = {
    absWorkingDir: here, bundle: true, minify: true, target: "es2022", charset: "utf8", legalComments: "none",
    outdir: out, logLevel: "warning",
  };
  const entries = (wanted) => names.filter((name) => MODULES.has(name) === wanted).map((name) => `src/${name}`);
  await build({ ...common, entryPoints: entries(false), format: "iife" });
  await build({ ...common, entryPoints: entries(true), format: "esm" });
}

function styles() {
  const cli = join(here, "node_modules/@tailwindcss/cli/dist/index.mjs");
  for (const name of readdirSync(join(here, "src")).filter((each) => each.endsWith(".css")).sort()) {
    execFileSync(process.execPath, [cli, "--input", `src/${name}`, "--output", join(out, name), "--minify"], {
      cwd: here, stdio: ["ignore", "ignore", "pipe"],
    });
  }
}

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      if (!["static", "migrations", "locale", "__pycache__"].includes(name)) yield* files(path);
    } else if (/\.(html|py)$/.test(name)) yield path;
  }
}

/** Icon names where templates and Python write them: `<c-icon name="x"`, `icon="x"`, `icon-end="x"`. */
function iconsInUse() {
  const found = new Set(readFileSync(join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean));
  const patterns = [/<c-icon\b[^>]*?\bname="([^"]*)"/g, /\bicon(?:-end)?="([^"]*)"/g, /firstof icon '([a-z0-9-]+)'/g];
  for (const path of files(surfaces)) {
    const text = readFileSync(path, "utf8");
    for (const pattern of patterns) {
      for (const [, value] of text.matchAll(pattern)) {
        // `{% if x %}heart{% else %}heart-off{% endif %}` names two.
        for (const word of value.replace(/\{[{%].*?[%}]\}/g, " ").split(/\s+/)) {
          if (/^[a-z][a-z0-9-]*$/.test(word)) found.add(word);
        }
      }
    }
  }
  return [...found].sort();
}

function sprite() {
  const symbols = [];
  for (const name of iconsInUse()) {
    const path = join(here, "node_modules/lucide-static/icons", `${name}.svg`);
    if (!existsSync(path)) continue;
    const inner = readFileSync(path, "utf8").replace(/<!--.*?-->/gs, "").replace(/^.*?<svg[^>]*>|<\/svg>\s*$/gs, "");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`);
  }
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await scripts();
styles();
sprite();
if (existsSync(join(here, "assets"))) cpSync(join(here, "assets"), out, { recursive: true });
