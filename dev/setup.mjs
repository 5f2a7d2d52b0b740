// Runs before anything is installed, on Node 20 or newer and with no dependency:
// brings node_modules in line with package-lock.json. It also puts Node 24 first on
// the PATH of every npm script that goes on after it (the `node` devDependency).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".invoiceops-lock");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

const [major] = process.versions.node.split(".").map(Number);
if (major === undefined || major < 20) {
  console.error(`invoiceops needs Node 20 or newer to set itself up; this is ${process.version}.`);
  process.exit(1);
}
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.log("installing the packages of package-lock.json (npm ci)");
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (install.status !== 0) {
    console.error("npm ci failed; the messages above say why. Nothing was started.");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
