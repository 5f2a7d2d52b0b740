import type { Regime } from "./regime.ts";

const returns = {
  shift: "nextWorkday",
  source: "Reglamento IVA art. 71; local holidays move it further, which is not known here",
} as const;

/** Model 369 (OSS) never moves: that is EU-OSS. */
export const spain: Regime = {
  code: "ES",
  title: "Spain: modelo 303, monthly and quarterly, and the last day of the SII",
  spec: {
    timeZone: "Europe/Madrid",
    holidaysFrom: "ES",
    filings: [
      {
        name: "SII",
        type: "monthly",
        deadline: { day: 15 },
        shift: "none",
        opens: { day: 1 },
        settled: false,
        source: "before the 16th of the month after (AEAT, manual IVA cap. 10); whether that moves was not found",
      },
      { name: "303", type: "quarterly", months: [4, 7, 10], deadline: { day: 20 }, opens: { day: 1 }, ...returns },
      { name: "303", type: "quarterly", months: [1], deadline: { day: 30 }, opens: { day: 1 }, ...returns },
      {
        name: "303 monthly",
        type: "monthly",
        months: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        deadline: { day: 30 },
        opens: { day: 16 },
        ...returns,
      },
    ],
  },
};
