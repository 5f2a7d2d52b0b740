import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { BuildProgress } from "./progress.ts";

function screen(isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } {
  return {
    isTTY,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

test("in a log there is a line when a build begins, one every 15 s, and the total", async () => {
  const log = screen(false);
  const clock = new FakeClock();
  const progress = new BuildProgress(2, log, clock);
  progress.begin("etcd");
  await clock.advance(34_000);
  progress.end();
  progress.begin("kube-apiserver");
  await clock.advance(31_000);
  progress.end();
  expect(log.text).toBe(`building 2 binaries of the local cluster from source; this is kept for later runs
  building etcd (1 of 2): 0 s
  building etcd (1 of 2): 15 s
  building etcd (1 of 2): 30 s
  etcd built in 34 s
  building kube-apiserver (2 of 2): 0 s, in all 34 s
  building kube-apiserver (2 of 2): 15 s, in all 49 s
  building kube-apiserver (2 of 2): 30 s, in all 1 min 4 s
  kube-apiserver built in 31 s
all built in 1 min 5 s
`);
  expect(clock.pending).toBe(0);
});

test("on a terminal one line renews itself every second", async () => {
  const terminal = screen(true);
  const clock = new FakeClock();
  const progress = new BuildProgress(1, terminal, clock);
  progress.begin("etcd");
  await clock.advance(2_000);
  progress.end();
  expect(terminal.text.split("\r\u001b[K").slice(1)).toEqual([
    "  building etcd (1 of 1): 0 s",
    "  building etcd (1 of 1): 1 s",
    "  building etcd (1 of 1): 2 s",
    "  etcd built in 2 s\nall built in 2 s\n",
  ]);
});

test("a build that fails leaves no timer", async () => {
  const clock = new FakeClock();
  {
    using progress = new BuildProgress(1, screen(true), clock);
    progress.begin("etcd");
  }
  expect(clock.pending).toBe(0);
});
