import { monthlyAndQuarterly, type Regime } from "./regime.ts";

export const saudiArabia: Regime = {
  code: "SA",
  title: "Saudi Arabia: VAT, monthly and quarterly",
  spec: {
    timeZone: "Asia/Riyadh",
    weekend: ["Fri", "Sat"],
    holidaysFrom: "SA",
    filings: monthlyAndQuarterly({
      name: "VAT",
      deadline: { day: "last" },
      shift: "none",
      opens: { daysBefore: 14 },
      settled: false,
      source:
        "the regulation (art. 74, dariba.co) says the next working day, ZATCA announced Saturday 31 January 2026 (okaz.com.sa/economy/na/2232009)",
    }),
  },
};
