import { PUBLISHED_IN_CHINA } from "./china-published.ts";
import { monthlyAndQuarterly, type Regime } from "./regime.ts";

/** The taxes with a period of 15 days, VAT among them. Provinces may put their own dates off further. */
export const china: Regime = {
  code: "CN",
  title: "China: VAT and the other taxes due within 15 days",
  spec: {
    timeZone: "Asia/Shanghai",
    holidaysFrom: "CN",
    filings: monthlyAndQuarterly({
      name: "15-day taxes",
      deadline: { day: 15 },
      shift: "workdaysAfterHolidays",
      opens: { day: 1 },
      source: "税收征收管理法实施细则 art. 109; State Council holiday notices",
    }),
    overrides: PUBLISHED_IN_CHINA,
  },
};
