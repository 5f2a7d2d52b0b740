import type { Regime } from "./regime.ts";

const law = "CFF art. 12; monthly VAT and ISR due on the 17th";

/** Working days more by the sixth digit of the taxpayer's RFC: 1 and 2 one, 3 and 4 two, and so on to 9 and 0 five. */
const EXTRA: readonly [digit: number, workdays: number][] = Array.from({ length: 10 }, (_, digit) => [
  digit,
  digit === 0 ? 5 : Math.ceil(digit / 2),
]);

export const mexico: readonly Regime[] = [
  regime("MX", "without the days by digit of the RFC", undefined),
  ...EXTRA.map(([digit, workdays]) => regime(`MX-${digit}`, `sixth digit of the RFC ${digit}`, workdays)),
];

function regime(code: string, who: string, extraWorkdays: number | undefined): Regime {
  return {
    code,
    title: `Mexico: monthly VAT and ISR, ${who}`,
    spec: {
      timeZone: "America/Mexico_City",
      holidaysFrom: "MX",
      filings: [
        {
          name: "VAT and ISR",
          type: "monthly",
          deadline: { day: 17 },
          shift: "nextWorkday",
          ...(extraWorkdays === undefined ? {} : { extraWorkdays }),
          opens: { day: 1 },
          source: extraWorkdays === undefined ? law : `${law}; decree on days by digit of the RFC`,
        },
      ],
    },
  };
}
