import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Buildah } from "../../image/buildah.ts";
import { PAUSE_IMAGE } from "./containerd.ts";

/** Waits until it is told to end: all that the container has to do which holds a pod's namespaces. */
const PROGRAM = `package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
`;

/** Builds the image of one static program, in `folder`. */
export async function buildPauseImage(buildah: Buildah, folder: string): Promise<void> {
  const context = join(folder, "pause");
  await mkdir(context);
  await writeFile(join(context, "main.go"), PROGRAM);
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GO111MODULE: "off" };
  await promisify(execFile)("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", "pause", "main.go"], {
    cwd: context,
    env,
  });
  const dockerfile = join(folder, "Dockerfile.pause");
  await writeFile(dockerfile, 'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n');
  await buildah.build(PAUSE_IMAGE, { dockerfile, context });
}
