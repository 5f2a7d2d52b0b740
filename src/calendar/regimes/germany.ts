import { monthlyAndQuarterly, type Regime } from "./regime.ts";

/** The holidays are those of the Land where the tax office sits. */
const LAENDER: Readonly<Record<string, string>> = {
  BB: "Brandenburg",
  BE: "Berlin",
  BW: "Baden-Württemberg",
  BY: "Bayern",
  HB: "Bremen",
  HE: "Hessen",
  HH: "Hamburg",
  MV: "Mecklenburg-Vorpommern",
  NI: "Niedersachsen",
  NW: "Nordrhein-Westfalen",
  RP: "Rheinland-Pfalz",
  SH: "Schleswig-Holstein",
  SL: "Saarland",
  SN: "Sachsen",
  ST: "Sachsen-Anhalt",
  TH: "Thüringen",
};

export const germany: readonly Regime[] = [
  regime("DE", "holidays of all Länder alone"),
  ...Object.entries(LAENDER).map(([land, name]) => regime(`DE-${land}`, name)),
];

function regime(code: string, where: string): Regime {
  return {
    code,
    title: `Germany, ${where}: Umsatzsteuer-Voranmeldung`,
    spec: {
      timeZone: "Europe/Berlin",
      holidaysFrom: code,
      filings: monthlyAndQuarterly({
        name: "UStVA",
        deadline: { day: 10 },
        shift: "nextWorkday",
        opens: { day: 1 },
        source: "UStG § 18; AO § 108 (3); BFH III B 135/17 (the Land of the tax office)",
      }),
    },
  };
}
