import { spawnSync } from "node:child_process";

/** Everything `npm run check` looks at, in the order in which a failure is cheapest to mend. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ["format", "oxfmt", "--check", "."],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["types", "tsc", "-p", "tsconfig.json"],
  ["generated files unchanged", "node", "dev/generate/main.ts", "--check"],
  ["dead code", "knip"],
];

const failed = checks.filter(([name, command, ...args]) => {
  console.log(`\n== ${name}`);
  return spawnSync(command, args, { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) {
  console.error(
    `\nnot clean: ${failed.map(([name]) => name).join(", ")} (npm run format and npm run generate mend theirs)`,
  );
  process.exit(1);
}
