/** What the supervisor runs: one program, its output in `<directory>/logs/<name>.log`. */
export interface Program {
  name: string;
  /** Absolute path. */
  command: string;
  args: readonly string[];
  /** The whole environment but PATH, HOME and TMPDIR, which the supervisor sets. */
  env?: Readonly<Record<string, string>>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** From the parent. Each is answered with `done` or `failed` under its id. */
export type Order = { id: number } & (
  | { do: "run"; program: Program }
  | { do: "stop"; name: string; signal: NodeJS.Signals }
);

/** To the parent. */
export type Report =
  | { type: "ready"; directory: string }
  | { type: "done"; id: number; pid?: number }
  | { type: "failed"; id: number; message: string }
  | ({ type: "exited"; name: string } & Exit);
