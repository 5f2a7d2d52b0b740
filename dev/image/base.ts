import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/**
 * The file system of a base image made on this machine, for where no registry is: Node.js and the libraries that it
 * names, a user, certificate authorities. Laid out as the distroless images are, so that both fit under one Dockerfile.
 */

/** Node.js has the zone rules and the character tables inside; of the C library it needs the resolver's settings. */
const FILES: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnonroot:x:65532:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Fills `folder`. `node` is the binary to take; its libraries are those of this machine. */
export async function makeBaseFiles(folder: string, node: string = process.execPath): Promise<void> {
  await copy(node, join(folder, "nodejs/bin/node"));
  for (const library of await librariesOf(node)) await copy(library, join(folder, library));
  await copy(AUTHORITIES, join(folder, AUTHORITIES));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  for (const name of ["home/nonroot", "tmp"]) await mkdir(join(folder, name), { recursive: true });
}

/** Paths of the shared libraries and of the loader, as `ldd` names them. */
async function librariesOf(binary: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [binary]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!);
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { dereference: true });
}
