import type { Client } from "../kube/client.ts";
import type { Transport } from "../kube/transport.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Paint } from "./paint.ts";

/** One verb of the command line: what it is called, what it takes, what it may need, and what it does. */
export interface Verb {
  /** As it is typed; of a group both words: `gen argocd`. */
  readonly name: string;
  /** What stands after the name, for the usage line: `NAME`, or `[NAME]` when it may be left out. Empty when nothing may. */
  readonly operands: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** More for `--help` and the reference, in paragraphs. */
  readonly description?: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Command lines without the command itself: `status vat-issuing -n billing`. */
  readonly examples: readonly string[];
  /** What it asks of the API server; empty when it needs no cluster. */
  readonly rights: readonly Right[];
  /** What each exit code means. */
  readonly exits: Exits;
  /** Resolves with the exit code; throws a UsageError or any other error for code 2. */
  run(context: CliContext): Promise<number>;
}

/** What a verb means by its exit codes; it never ends with 1 unless that is there. */
export interface Exits {
  readonly 0: string;
  readonly 1?: string;
  readonly 2: string;
}

/** A flag beside the ones that every verb has. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** Several may be given. */
  readonly multiple?: boolean;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  readonly help: string;
}

/** One row of the table of rights in docs/cli.md. */
export interface Right {
  readonly verbs: readonly string[];
  /** As RBAC writes it, with the group after a dot: `invoiceservices.invoiceops.dev`. */
  readonly resource: string;
  /** Where; absent: in the namespace of the InvoiceService. */
  readonly where?: string;
  /** What is missing from the output without it; absent when the verb cannot do without. */
  readonly without?: string;
}

/** 0 ready or done, 1 not, 2 an error: the same for every verb. */
export const EXIT = { ok: 0, not: 1, error: 2 } as const;

/** The command line cannot be understood; the message says what to write, `verb` whose help has more. */
export class UsageError extends Error {
  readonly verb: string | undefined;

  constructor(message: string, verb?: string) {
    super(message);
    this.verb = verb;
  }
}

/** The cluster, connected to on first use. */
export interface Cluster {
  readonly client: Client;
  readonly transport: Transport;
  /** Address of the API server. */
  readonly server: string;
  /** That of --namespace, of the context, or of the pod. */
  readonly namespace: string;
}

/** What a verb works with; nothing else of the process is touched. */
export interface CliContext {
  /** How the command is called by whoever reads its output: `kubectl invoiceops` or `invoiceops`. */
  readonly command: string;
  /** What was given beside flags. */
  readonly operands: readonly string[];
  /** All verbs, for help and completion. */
  readonly verbs: readonly Verb[];
  readonly clock: Clock;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly paint: Paint;
  /** Whether output goes to a terminal, and how large that is. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** The value of a flag; undefined when it was not given. */
  text(this: void, flag: string): string | undefined;
  /** The values of a flag that may be given several times. */
  texts(this: void, flag: string): readonly string[];
  /** Whether a flag was given. */
  given(this: void, flag: string): boolean;
  /** Writes to standard output; the text brings its own line ends. */
  out: (text: string) => void;
  /** Writes to standard error. */
  warn: (text: string) => void;
  /** All of standard input. */
  input: () => Promise<string>;
  /** Throws when no cluster is configured. */
  cluster(this: void): Cluster;
}
