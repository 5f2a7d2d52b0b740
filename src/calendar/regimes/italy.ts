import type { Regime } from "./regime.ts";

export const italy: Regime = {
  code: "IT",
  title: "Italy: LIPE and the monthly VAT payment",
  spec: {
    timeZone: "Europe/Rome",
    holidaysFrom: "IT",
    filings: [
      {
        name: "LIPE",
        type: "quarterly",
        // The second quarter has until the end of September.
        months: [2, 5, 9, 11],
        deadline: { day: "last" },
        shift: "nextWorkday",
        opens: { day: 17 },
        source: "DL 78/2010 art. 21-bis; mysolution.it, LIPE II trimestre",
      },
      {
        name: "VAT payment",
        type: "monthly",
        months: [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12],
        deadline: { day: 16 },
        shift: "nextWorkday",
        opens: { day: 1 },
        source: "D.Lgs. 241/1997 art. 18",
      },
      {
        name: "VAT payment",
        type: "monthly",
        months: [8],
        deadline: { day: 20 },
        shift: "nextWorkday",
        opens: { day: 1 },
        source: "D.L. 223/2006 art. 37 (payments of 1 to 20 August)",
      },
    ],
  },
};
