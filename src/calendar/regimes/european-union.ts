import { QUARTERLY, type Regime } from "./regime.ts";

/** The day ends in the member state of identification: set timeZone where that is not in the zone of Brussels. */
const common = { deadline: { day: "last" }, shift: "none" } as const;

export const europeanUnion: readonly Regime[] = [
  {
    code: "EU-OSS",
    title: "European Union: One Stop Shop, quarterly",
    spec: {
      timeZone: "Europe/Brussels",
      filings: [
        {
          ...common,
          name: "OSS",
          type: "quarterly",
          months: QUARTERLY,
          opens: { day: 1 },
          source: "Directive 2006/112/EC art. 364 and 369f; model 369 never moves (AEAT, calendario 2024)",
        },
      ],
    },
  },
  {
    code: "EU-IOSS",
    title: "European Union: Import One Stop Shop, monthly",
    spec: {
      timeZone: "Europe/Brussels",
      filings: [
        {
          ...common,
          name: "IOSS",
          type: "monthly",
          opens: { daysBefore: 14 },
          source: "Directive 2006/112/EC art. 369s",
        },
      ],
    },
  },
];
