// Builds the pages' assets: node tools/assets.mjs FOLDER. Every name carries a hash of its content;
// manifest.json says which file stands for which name; .gz and .br stand beside what compresses.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, extname, join, parse, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compileAsync } from "sass";

const SOURCES = resolve("boursa/web/assets");
const ICONS = resolve("node_modules/@tabler/icons/icons/outline");
const TARGETS = ["chrome109", "firefox115", "safari15.6"];
const COMPRESSED = new Set([".css", ".js", ".svg"]);

const folder = resolve(process.argv[2]);
const manifest = {};

const scss = {
  name: "scss",
  setup(builder) {
    builder.onLoad({ filter: /\.scss$/ }, async ({ path }) => {
      const made = await compileAsync(path, { loadPaths: ["node_modules"], quietDeps: true });
      return { contents: made.css, loader: "css" };
    });
  },
};

const shared = {
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "dataurl" },
  logLevel: "warning",
  nodePaths: ["node_modules"],
  outdir: folder,
  plugins: [scss],
  target: TARGETS,
};

async function bundle(entries, options = {}) {
  const made = await build({ ...shared, ...options, entryPoints: entries.map((name) => join(SOURCES, name)) });
  for (const [path, { entryPoint }] of Object.entries(made.metafile.outputs)) {
    // A script that is fetched later is an entry too, so that its name can be looked up.
    if (entryPoint) manifest[parse(entryPoint).name + extname(path)] = basename(path);
  }
}

async function keep(name, content) {
  const { name: stem, ext } = parse(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  manifest[name] = `${stem}-${hash}${ext}`;
  await writeFile(join(folder, manifest[name]), content);
}

/** One file with every icon of icons.txt as a <symbol>, drawn as the page's text is. */
async function sprite() {
  const names = (await readFile(join(SOURCES, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  const symbols = await Promise.all(names.map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function symbol(name) {
  const drawn = await readFile(join(ICONS, `${name}.svg`), "utf8");
  const paths = [...drawn.matchAll(/<path d="[^"]+"/g)].map(([path]) => `${path}/>`);
  return `<symbol id="${name}" viewBox="0 0 24 24">${paths.join("")}</symbol>`;
}

async function compress(name) {
  const path = join(folder, name);
  const content = await readFile(path);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const packed = gzipSync(content, { level: 9 });
  await writeFile(`${path}.gz`, packed);
  await writeFile(`${path}.br`, brotliCompressSync(content, { params: quality }));
  return [name, content.length, packed.length];
}

function report(sizes) {
  const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
  for (const [name, bytes, packed] of sizes) console.log(`  ${name.padEnd(28)}${kb(bytes)} kB${kb(packed)} kB gzipped`);
  const first = ["app.css", "app.js", "theme.js", "icons.svg", "logo.svg"].map((name) => manifest[name]);
  const total = sizes.filter(([name]) => first.includes(name)).reduce((sum, [, , packed]) => sum + packed, 0);
  console.log(`  ${"every page".padEnd(28)}${" ".repeat(11)}${kb(total)} kB gzipped`);
}

await mkdir(folder, { recursive: true });
await bundle(["js/app.js"], { format: "esm", splitting: true });
await bundle(["js/theme.js"], { format: "iife" });
await bundle(["js/docs.js"], { format: "iife" });
await bundle(["css/app.css", "css/docs.css"]);
await keep("icons.svg", await sprite());
for (const name of await readdir(join(SOURCES, "img"))) {
  await keep(name, await readFile(join(SOURCES, "img", name)));
}
const sorted = Object.fromEntries(Object.entries(manifest).sort());
await writeFile(join(folder, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
const files = (await readdir(folder)).filter((name) => COMPRESSED.has(extname(name))).sort();
report(await Promise.all(files.map(compress)));
