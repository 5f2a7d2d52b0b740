import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with the one line that CI reads: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const own = [...module.children.allTests()];
      for (const test of own) count[test.result().state] += 1;
      // A file that fails to load has no tests of its own to count.
      if (module.state() === "failed" && !own.some((test) => test.result().state === "failed")) count.failed += 1;
    }
    console.log(`\n${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped`);
  }
}
