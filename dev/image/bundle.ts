import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";

/** What ships is one file for the operator and one for the command, each with all that it imports in it. */

export const ROOT = join(import.meta.dirname, "../..");

const ENTRIES: Readonly<Record<string, string>> = { operator: "src/main.ts", invoiceops: "src/cli/main.ts" };

/**
 * Some packages are CommonJS and call `require` for modules of Node.js, which an ES module does not have. The name is
 * one that no package takes for its own.
 */
const BANNER =
  'import { createRequire as bundleCreateRequire } from "node:module"; const require = bundleCreateRequire(import.meta.url);';

/** Writes `<outdir>/operator.js` and `invoiceops.js` with their source maps beside them. The same sources give the same bytes. */
export async function bundle(outdir: string = join(ROOT, "dist")): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).filter(([, file]) => existsSync(join(ROOT, file)))),
    outdir,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: BANNER },
    // Names stay readable: a stack trace in a user's log is read without the map.
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}
