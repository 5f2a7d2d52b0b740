import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { ROOT } from "./bundle.ts";

/**
 * The bill of materials of what ships (CycloneDX 1.6): the packages of which code is in the bundles, as the lock file
 * fixes them, and the image that they stand on, which brings Node.js. Without times and random numbers: the same bundle
 * on the same base, the same bytes.
 */

/** What the image is built on. */
export interface Base {
  /** As in FROM: `gcr.io/distroless/nodejs24-debian12:nonroot`, better `...@sha256:...`. */
  image: string;
  /** The Node.js in it, such as 24.21.0; left out where only the image itself tells. */
  node?: string;
}

interface Locked {
  version: string;
  integrity?: string;
  license?: string;
}

interface Lock {
  name: string;
  version: string;
  packages: Record<string, Locked>;
}

interface Component {
  type: "library" | "platform" | "container";
  "bom-ref": string;
  name: string;
  version: string;
  purl?: string;
  /** By which scanners know what is in no registry of packages. */
  cpe?: string;
  licenses?: object[];
  hashes?: { alg: "SHA-512"; content: string }[];
}

export interface Bom {
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  version: 1;
  metadata: { component: object };
  components: Component[];
}

export function billOfMaterials(metafile: Metafile, base: Base): Bom {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const { name, version, packages } = lock;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": purl(name, version),
        name,
        version,
        purl: purl(name, version),
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: [
      container(base.image),
      ...(base.node === undefined ? [] : [runtime(base.node)]),
      ...bundledPackages(metafile).map((path) => library(path, packages[path])),
    ],
  };
}

/** Named, not listed: what is in the base is in its own bill of materials, and scanners of the image read it there. */
function container(image: string): Component {
  const [, name = image, tag, digest] = /^([^@]+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(image) ?? [];
  return { type: "container", "bom-ref": image, name, version: digest ?? tag ?? "latest" };
}

function runtime(version: string): Component {
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return { type: "platform", "bom-ref": `node@${version}`, name: "node", version, cpe };
}

/** The folders below node_modules from which the bundles took code, such as `node_modules/pino`, in order. */
function bundledPackages(metafile: Metafile): string[] {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

function library(path: string, locked: Locked | undefined): Component {
  if (!locked) throw new Error(`${path} is in the bundle and not in package-lock.json: run npm install`);
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const { version, license, integrity } = locked;
  const digest = /^sha512-(.+)$/.exec(integrity ?? "")?.[1];
  return {
    type: "library",
    // Two versions of one package are two components, and one version in two folders as well.
    "bom-ref": path,
    name,
    version,
    purl: purl(name, version),
    ...(license === undefined ? {} : { licenses: [licence(license)] }),
    ...(digest === undefined
      ? {}
      : { hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] }),
  };
}

/** An expression such as `(MIT OR CC0-1.0)` has a field of its own. */
function licence(text: string): object {
  return / (OR|AND|WITH) /.test(text) ? { expression: text } : { license: { id: text } };
}

function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
