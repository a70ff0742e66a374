// Lints every Python file under git with ruff's WebAssembly build, for Python 3.7 (the oldest that Live embeds).
// Usage: node scripts/lint-python.mjs MODULE_DIR   (MODULE_DIR has node_modules/@astral-sh/ruff-wasm-nodejs)
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "package.json"));
const { Workspace, PositionEncoding } = require("@astral-sh/ruff-wasm-nodejs");

const workspace = new Workspace(
  {
    "target-version": "py37",
    "line-length": 140,
    lint: {
      select: ["E", "F", "W", "B", "I", "C90", "PLE", "PLW", "RET", "SIM", "A", "BLE"],
      // BLE001, SIM105, PLW0603: the script must never raise into Live, so its outermost callbacks catch everything.
      ignore: ["E501", "SIM105", "SIM108", "SIM102", "PLW2901", "PLW0603", "BLE001", "B904", "RET505"],
      mccabe: { "max-complexity": 15 },
    },
  },
  PositionEncoding.Utf16,
);

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.py"], { encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
let findings = 0;
for (const file of files) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") continue; // deleted, not yet committed
    throw error;
  }
  for (const d of workspace.check(text)) {
    findings++;
    console.log(`${file}:${d.start_location.row}:${d.start_location.column}: ${d.code ?? "syntax"} ${d.message}`);
  }
}
console.log(`ruff: ${files.length} Python files, ${findings} findings`);
process.exit(findings ? 1 : 0);
