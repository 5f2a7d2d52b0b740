/** Values that do not fit the schemas of our kinds, by kind: each kind of limit that a schema has. */
export const misfits: Readonly<Record<string, Record<string, unknown>[]>> = {
  InvoiceService: [
    { "metadata.name": "VAT" },
    { "metadata.name": "vat_issuing" },
    { "spec.scaling": undefined },
    { "spec.workload.name": undefined },
    { "spec.workload": "vat-api" },
    { "spec.mode": "auto" },
    { "spec.scaling.minReplicas": "2" },
    { "spec.scaling.minReplicas": 2.5 },
    { "spec.scaling.minReplicas": 0 },
    { "spec.scaling.maxReplicas": 100_001 },
    { "spec.scaling.perReplica": 0 },
    { "spec.scaling.perReplica": true },
    { "spec.scaling.utilization": 1.5 },
    { "spec.demand.emptyMeansZero": "yes" },
    { "spec.calendars": "vat" },
    { "spec.calendars": Array.from({ length: 9 }, (_, index) => ({ name: `c${index}` })) },
    { "spec.calendars": [{ name: "" }] },
    { "spec.calendars": ["vat"] },
    { "spec.workload.kind": "D".repeat(64) },
    { "spec.demand.query": "q".repeat(20_000) },
    { spec: undefined },
    { spec: null },
    // Several at once are all told, and rules wait until the object fits.
    { "spec.scaling.minReplicas": 0, "spec.mode": "auto", "spec.scaling.lead": "soon" },
    // ... but not for a number that is too small.
    { "spec.scaling.minReplicas": 0, "spec.scaling.lead": "soon" },
  ],
  FilingCalendar: [
    { "spec.timeZone": undefined },
    { "spec.monthly": [] },
    { "spec.monthly.opensDay": 32 },
    { "spec.monthly": undefined, "spec.dates": [{ period: "Q3", opens: "2026-11-01" }] },
    {
      "spec.monthly": undefined,
      "spec.dates": [
        { period: "Q3", opens: "2026-11-01", deadline: "2026-11-15" },
        { period: "Q3", opens: "2026-12-01", deadline: "2026-12-15" },
      ],
    },
    { "spec.overrides": [{ period: "2026-11", deadline: "2026-11-18", source: "x", announcedAt: "yesterday" }] },
  ],
};
