import type { Regime } from "./regime.ts";

/** ICMS is a tax of the states, each with dates of its own; those that we know by their law are listed. */
const STATES = [
  {
    state: "PE",
    name: "Pernambuco",
    timeZone: "America/Recife",
    day: 15,
    source: "sefaz.pe.gov.br, Documentos Econômicos Fiscais",
  },
  {
    state: "CE",
    name: "Ceará",
    timeZone: "America/Fortaleza",
    day: 20,
    source: "IN 102/2023 (Ceará)",
  },
] as const;

export const brazil: readonly Regime[] = [
  {
    code: "BR",
    title: "Brazil: the federal EFD-Contribuições, and the EFD ICMS/IPI of states without a date of their own",
    spec: {
      timeZone: "America/Sao_Paulo",
      holidaysFrom: "BR",
      filings: [
        {
          name: "EFD ICMS/IPI",
          type: "monthly",
          deadline: { day: 5 },
          shift: "none",
          opens: { day: 1 },
          settled: false,
          source: "Ajuste SINIEF 2/2009 (default day 5); the law of each state says whether it moves",
        },
        {
          name: "EFD-Contribuições",
          type: "monthly",
          deadline: { workday: 10 },
          shift: "none",
          opens: { day: 1 },
          settled: false,
          source: "10th working day of the second month after; not checked against the law",
        },
      ],
    },
  },
  ...STATES.map(({ state, name, timeZone, day, source }): Regime => ({
    code: `BR-${state}`,
    title: `Brazil, ${name}: EFD ICMS/IPI`,
    spec: {
      timeZone,
      holidaysFrom: `BR-${state}`,
      filings: [
        { name: "EFD ICMS/IPI", type: "monthly", deadline: { day }, shift: "nextWorkday", opens: { day: 1 }, source },
      ],
    },
  })),
];
