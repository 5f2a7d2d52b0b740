import { NOT_QUARTERLY, QUARTERLY, type Regime } from "./regime.ts";

const source = "CGST Rules, rules 59 and 61; gstgyaan.com (due dates and groups of states)";
const unmoved = { shift: "none", opens: { day: 1 }, source } as const;

/** GST. No date moves by itself; the government moves single ones by notification. */
export const india: Regime = {
  code: "IN",
  title: "India: GST returns GSTR-1 and GSTR-3B, monthly and quarterly (QRMP)",
  spec: {
    timeZone: "Asia/Kolkata",
    filings: [
      { name: "GSTR-1", type: "monthly", deadline: { day: 11 }, ...unmoved },
      { name: "GSTR-1 QRMP", type: "quarterly", months: QUARTERLY, deadline: { day: 13 }, ...unmoved },
      { name: "IFF", type: "monthly", months: NOT_QUARTERLY, deadline: { day: 13 }, ...unmoved },
      { name: "GSTR-3B", type: "monthly", deadline: { day: 20 }, ...unmoved },
      // States in two groups: Chhattisgarh, Madhya Pradesh, Gujarat and those south of them, then the others.
      { name: "GSTR-3B QRMP X", type: "quarterly", months: QUARTERLY, deadline: { day: 22 }, ...unmoved },
      { name: "GSTR-3B QRMP Y", type: "quarterly", months: QUARTERLY, deadline: { day: 24 }, ...unmoved },
    ],
    overrides: [
      {
        period: "2025-01 GSTR-1",
        deadline: "2025-01-13",
        source: "Notifications 01/2025-CT and 02/2025-CT, after the outage of 9 and 10 January",
      },
    ],
  },
};
