import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readPin } from "./pins.ts";

/** Where the sources of a pinned Go module lie on this machine; they are downloaded when they are not there yet. */
export async function moduleFolder(pinName: string): Promise<string> {
  const { module, directory } = readPin(pinName);
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module], { cwd: directory });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
