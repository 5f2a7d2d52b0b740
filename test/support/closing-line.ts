import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Ends a run with the one line that CI reads: `N passed, N failed, N skipped`. Runs that name one file in
 * INVOICEOPS_TALLY count together: the last line is of all of them.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const own = [...module.children.allTests()];
      for (const test of own) count[test.result().state] += 1;
      // A file that fails to load has no tests of its own to count.
      if (module.state() === "failed" && !own.some((test) => test.result().state === "failed")) count.failed += 1;
    }
    const { passed, failed, skipped, pending } = count;
    const total = withEarlierRuns({ passed, failed: failed + pending, skipped });
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  }
}

function withEarlierRuns({ passed, failed, skipped }: Count): Count {
  const file = process.env["INVOICEOPS_TALLY"];
  if (file === undefined) return { passed, failed, skipped };
  const earlier: Count = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Count)
    : { passed: 0, failed: 0, skipped: 0 };
  const total = {
    passed: earlier.passed + passed,
    failed: earlier.failed + failed,
    skipped: earlier.skipped + skipped,
  };
  writeFileSync(file, JSON.stringify(total));
  return total;
}
