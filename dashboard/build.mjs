// node build.mjs --out DIR [--depfile FILE --target NAME]
//
// Makes the dashboard and what embeds it:
//   DIR/files/...        the files as they are served, each also as .br and .gz where that is shorter
//   DIR/dashboard.S      all of them as one table (agent/hub/dashboard_file.h says its form)
//   FILE                 what went in, for make or ninja
//
// Style and boot script are part of index.html, which saves the first view two requests; their hashes
// are in the table, since the hub's content security policy allows no other inline code.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import { build, transform } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = (name) => path.join(here, "src", name);
const targets = ["chrome100", "firefox100", "safari15.4"];

const options = parseArgs({ options: { out: { type: "string" }, depfile: { type: "string" }, target: { type: "string" } } }).values;
const out = path.resolve(options.out);

const sha256 = (bytes, form) => createHash("sha256").update(bytes).digest(form);
const inlineHash = (text) => `'sha256-${sha256(text, "base64")}'`;

/** A file that is served. `name` is its path in the address. */
function asset(name, mime, text, inline = { script: "", style: "" }) {
  const bytes = Buffer.from(text);
  const shorter = (packed) => (packed.length < bytes.length ? packed : Buffer.alloc(0));
  return {
    name, mime, inline, bytes,
    brotli: shorter(zlib.brotliCompressSync(bytes, { params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })),
    gzip: shorter(zlib.gzipSync(bytes, { level: 9 })),
  };
}

/** The same under a name that changes with its content. */
function hashed(stem, ending, mime, text) {
  return asset(`/assets/${stem}-${sha256(text, "hex").slice(0, 12)}.${ending}`, mime, text);
}

async function bundle() {
  const made = await build({
    entryPoints: [source("main.tsx")], bundle: true, minify: true, format: "esm", target: targets, write: false,
    metafile: true, legalComments: "none", jsx: "automatic", jsxImportSource: "preact", absWorkingDir: here, logLevel: "warning" });
  const inputs = Object.keys(made.metafile.inputs).filter((name) => !name.startsWith("node_modules/"));
  return { text: made.outputFiles[0].text, inputs: inputs.map((name) => path.join(here, name)) };
}

async function minified(name, loader) {
  const made = await transform(fs.readFileSync(source(name), "utf8"), { loader, minify: true, target: targets, legalComments: "none" });
  return made.code.trim();
}

async function files() {
  const script = await bundle();
  const style = await minified("style.css", "css");
  const boot = await minified("boot.js", "js");
  const icon = hashed("icon", "svg", "image/svg+xml", fs.readFileSync(source("icon.svg"), "utf8"));
  const main = hashed("vigil", "js", "text/javascript; charset=utf-8", script.text);
  const parts = { style, boot, icon: icon.name, main: main.name };
  const index = fs.readFileSync(source("index.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part]);
  const own = ["style.css", "boot.js", "icon.svg", "index.html"].map(source);
  return {
    inputs: [...script.inputs, ...own, path.join(here, "build.mjs")],
    assets: [asset("/", "text/html; charset=utf-8", index, { script: inlineHash(boot), style: inlineHash(style) }), main, icon],
  };
}

/** Writes a form of an asset to disk and returns where; nothing for an empty one. */
function written(asset, ending, bytes) {
  const file = path.join(out, "files", (asset.name === "/" ? "index.html" : asset.name) + ending);
  if (bytes.length === 0) return null;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}

/** The table: for each file its texts, each as address and length. */
function assembly(assets) {
  const data = [];
  const table = [];
  const add = (directive) => {
    const label = `.Ltext${data.length}`;
    data.push(`${label}:\n  ${directive}\n${label}_end:`);
    table.push(`  .quad ${label}, ${label}_end - ${label}`);
  };
  const text = (value) => add(`.ascii ${JSON.stringify(value)}`);
  const file = (name) => (name ? add(`.incbin ${JSON.stringify(name)}`) : text(""));
  for (const asset of assets) {
    text(asset.name);
    text(asset.mime);
    text(`"${sha256(asset.bytes, "hex").slice(0, 32)}"`);
    text(asset.inline.script);
    text(asset.inline.style);
    file(written(asset, "", asset.bytes));
    file(written(asset, ".br", asset.brotli));
    file(written(asset, ".gz", asset.gzip));
  }
  return `# Made by dashboard/build.mjs.
  .section .rodata.vigil_dashboard, "a"
${data.join("\n")}
  .section .data.rel.ro.vigil_dashboard, "aw"
  .balign 8
  .global vigil_dashboard_files
vigil_dashboard_files:
${table.join("\n")}
  .global vigil_dashboard_file_count
  .balign 8
vigil_dashboard_file_count:
  .quad ${assets.length}
  .section .note.GNU-stack, "", %progbits
`;
}

const { assets, inputs } = await files();
fs.rmSync(path.join(out, "files"), { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(path.join(out, "dashboard.S"), assembly(assets));
if (options.depfile) {
  fs.writeFileSync(options.depfile, `${options.target}: ${inputs.map((name) => name.replaceAll(" ", "\\ ")).join(" ")}\n`);
}
const first = assets.filter((each) => !each.name.endsWith(".svg")).reduce((sum, each) => sum + each.brotli.length, 0);
console.log(`dashboard: ${(first / 1024).toFixed(1)} KiB brotli for the first view`);
