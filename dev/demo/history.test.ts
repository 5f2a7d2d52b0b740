import { expect, it } from "vitest";
import { historyText } from "./history.ts";

const END = Date.parse("2027-01-01T00:00:00Z");
const series = { namespace: "billing", service: "vat-api" };

it("history is one counter that grows with the rate, two samples a minute up to the end", () => {
  const text = historyText((at) => (at < END - 43_200_000 ? 100 : 200), series, END, 1);
  const lines = text.split("\n");
  expect(lines[1]).toBe("# TYPE http_requests counter");
  expect(lines.slice(-2)).toEqual(["# EOF", ""]);
  const samples = lines.filter((line) => line.startsWith("http_requests_total"));
  expect(samples).toHaveLength(2 * 24 * 60 + 1);
  expect(samples[0]).toBe(`http_requests_total{namespace="billing",service="vat-api"} 0 ${END / 1_000 - 86_400}`);
  expect(samples[1]).toBe(`http_requests_total{namespace="billing",service="vat-api"} 3000 ${END / 1_000 - 86_370}`);
  expect(samples.at(-1)).toBe(
    `http_requests_total{namespace="billing",service="vat-api"} ${43_200 * 300} ${END / 1_000}`,
  );
});
