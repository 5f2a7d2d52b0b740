import { QUARTERLY, type Regime } from "./regime.ts";

const unsettled = {
  shift: "none",
  opens: { day: 1 },
  settled: false,
  source: "kreston-nnc.com/vietnam-tax-calendar: the next working day, but not for online filings, which is disputed",
} as const;

export const vietnam: Regime = {
  code: "VN",
  title: "Vietnam: VAT, monthly and quarterly",
  spec: {
    timeZone: "Asia/Ho_Chi_Minh",
    holidaysFrom: "VN",
    filings: [
      { name: "VAT monthly", type: "monthly", deadline: { day: 20 }, ...unsettled },
      { name: "VAT quarterly", type: "quarterly", months: QUARTERLY, deadline: { day: "last" }, ...unsettled },
    ],
  },
};
