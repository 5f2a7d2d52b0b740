#!/usr/bin/env node
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { realClock } from "../runtime/clock.ts";
import { COMPLETE } from "./completion/scripts.ts";
import { runCli } from "./run.ts";
import { verbs } from "./verbs.ts";

/** The `invoiceops` command, which is `kubectl invoiceops` too: `src/cli/verbs.ts` is the table of its verbs. */

const { stdout, stderr, stdin, argv, env } = process;
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
// Whoever read us has had enough (`| head`); what is still to be written has no reader.
stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

/** The name that we were called by: kubectl looks for a program `kubectl-invoiceops`, and asks another what may follow. */
const name = basename(argv[1] ?? "");
const asked = name.startsWith("kubectl_complete-") ? [COMPLETE] : [];

process.exitCode = await runCli([...asked, ...argv.slice(2)], {
  command: name.startsWith("kubectl-") ? "kubectl invoiceops" : "invoiceops",
  verbs,
  env,
  clock: realClock,
  signal: stop.signal,
  out: (words) => void stdout.write(words),
  warn: (words) => void stderr.write(words),
  input: () => text(stdin),
  ...(stdout.isTTY ? { terminal: stdout } : {}),
});
