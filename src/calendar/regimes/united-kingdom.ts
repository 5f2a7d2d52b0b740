import type { Regime } from "./regime.ts";

const unmoved = {
  name: "VAT",
  deadline: { day: 7 },
  shift: "none",
  opens: { day: 1 },
  source: "gov.uk VATAC1300: one month and seven days after the period; never moved for weekends or bank holidays",
} as const;

export const unitedKingdom: Regime = {
  code: "GB",
  title: "United Kingdom: VAT returns (MTD)",
  spec: {
    timeZone: "Europe/London",
    filings: [
      // Quarters of the calendar year, which most have; the other months have those of the other stagger groups.
      { ...unmoved, type: "quarterly", months: [2, 5, 8, 11] },
      { ...unmoved, type: "monthly", months: [1, 3, 4, 6, 7, 9, 10, 12] },
    ],
  },
};
