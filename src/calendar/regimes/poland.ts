import { monthlyAndQuarterly, type Regime } from "./regime.ts";

export const poland: Regime = {
  code: "PL",
  title: "Poland: JPK_V7M and JPK_V7K",
  spec: {
    timeZone: "Europe/Warsaw",
    holidaysFrom: "PL",
    filings: monthlyAndQuarterly({
      name: "JPK_V7",
      deadline: { day: 25 },
      shift: "nextWorkday",
      // Who files early does so from the middle of the month.
      opens: { day: 11 },
      source: "Ordynacja podatkowa art. 12 § 5; jpk.info.pl/jpk-v7",
    }),
  },
};
