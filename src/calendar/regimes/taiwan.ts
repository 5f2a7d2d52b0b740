import type { Regime } from "./regime.ts";

const ODD_MONTHS = [1, 3, 5, 7, 9, 11];
/** That a day off moves it to the next working day is custom; no text of the law that says so was found. */
const bimonthly = {
  type: "bimonthly",
  months: ODD_MONTHS,
  shift: "nextWorkday",
  opens: { day: 1 },
  settled: false,
} as const;

export const taiwan: Regime = {
  code: "TW",
  title: "Taiwan: business tax, and unused e-invoice numbers",
  spec: {
    timeZone: "Asia/Taipei",
    holidaysFrom: "TW",
    filings: [
      {
        name: "unused numbers",
        deadline: { day: 10 },
        source: "udn.com/news/story/7243/9224756; no text was found on days off",
        ...bimonthly,
      },
      {
        name: "business tax",
        deadline: { day: 15 },
        source: "營業稅法 art. 35; no text was found on days off",
        ...bimonthly,
      },
    ],
  },
};
