import type { Regime } from "./regime.ts";

const shift = "nextWorkday";
const law = "国税通則法 art. 10 (2), 国税通則法施行令 art. 2 (2) (29 to 31 December are days off)";

export const japan: Regime = {
  code: "JP",
  title: "Japan: income tax, and consumption tax of individuals and of companies",
  spec: {
    timeZone: "Asia/Tokyo",
    holidaysFrom: "JP",
    filings: [
      {
        name: "income tax",
        type: "annual",
        months: [3],
        deadline: { day: 15 },
        shift,
        opens: { day: 16 },
        source: `${law}; returns are taken from 16 February`,
      },
      {
        name: "consumption tax of individuals",
        type: "annual",
        months: [3],
        deadline: { day: 31 },
        shift,
        opens: { day: 1 },
        source: law,
      },
      {
        name: "consumption tax",
        type: "annual",
        // Two months after the end of a year that ends with a quarter; most end in March.
        months: [2, 5, 8, 11],
        deadline: { day: "last" },
        shift,
        opens: { daysBefore: 14 },
        source: law,
      },
    ],
  },
};
