import { findInFolders } from "../lookup.ts";

/** Programs of the system that Argo CD runs on, each with its Debian package. */
const PROGRAMS = [
  { name: "redis-server", debian: "redis-server", args: ["--version"], range: { from: [6, 0, 0] as const } },
  { name: "git", debian: "git", args: ["--version"], range: { from: [2, 30, 0] as const } },
];

/** The programs that are not on PATH in a version that will do, and the Debian packages that bring them. */
export async function missingPrograms(env: NodeJS.ProcessEnv = process.env): Promise<typeof PROGRAMS> {
  const found = await Promise.all(PROGRAMS.map((program) => find(program, env)));
  return PROGRAMS.filter((_, index) => found[index] === undefined);
}

/** The path of redis-server; rejects with what to install when it is missing. */
export async function findRedis(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = await find(PROGRAMS[0]!, env);
  if (path === undefined) throw new Error("redis-server is not on PATH; on Debian: apt-get install redis-server");
  return path;
}

function find(program: (typeof PROGRAMS)[number], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return findInFolders(program.name, { args: program.args, range: program.range, onPath: true }, env);
}
